/** Bundles that are no service. */

/** The process that invokes Lambdas outside AWS. */
export const INVOKER = 'function-invoker';

/** What stands beside the services in containers: lib/compose/main.ts. */
export const TOOLS = 'platform-tools';

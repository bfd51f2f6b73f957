/** One environment variable of the service beyond the addresses that the platform derives. */
export type ConfigurationDeclaration = {
  /** One sentence for operators. */
  readonly description: string;
  /** `secret` values are read from Secrets Manager and never appear in a chart or template. */
  readonly kind: 'plain' | 'secret';
  /** Value for every environment that sets none; a secret has no default. */
  readonly default?: string;
  /**
   * Who else issues this secret: it is never made up. On AWS its place is born empty, where nothing outlives its stack only once it is
   * needed; while `when` holds, pre-flight and start refuse it missing, empty or with a placeholder, and otherwise nobody reads it.
   * Default: the platform makes a random value.
   */
  readonly issuedBy?: {
    /** Name for people, such as "Stripe". */
    readonly issuer: string;
    /** The plain value with which the secret is needed. Its default is another one, so that the local run and compose need no account there. */
    readonly when: { readonly key: string; readonly is: string };
  };
  /**
   * Beginnings of values that only stand in for the real thing, such as a sandbox or a test key. An environment that is protected and
   * names its account refuses them at synthesis, in pre-flight and at start. Default none.
   */
  readonly standIns?: readonly string[];
  /**
   * Of a secret: whether the value of before the last rotation still opens what it signed or sealed, because that outlives a rollout; its
   * schema in config.ts is `heldSecret`. Default false: nothing of before opens with it.
   */
  readonly acceptsPrevious?: boolean;
  /** Service that declares this secret under the same key, where two hold one value; default: it is the service's own. */
  readonly ownedBy?: string;
  /** Whether mails are sent from this address; its default is then at each environment's own domain, and no other may be set. Default false. */
  readonly sender?: boolean;
  /**
   * Page of a site whose address the value is wherever people reach that site, such as `{ site: 'storefront', path: '/orders/{id}' }`;
   * an empty path is its origin. Default: the value is its own.
   */
  readonly page?: { readonly site: string; readonly path: string };
  /** Site whose pages read the value at `/config.json`, whoever opens them: never a secret. Default none. */
  readonly toldTo?: string;
  /** Whether the value is whom an environment tells of alarms, wherever there is one: addresses with commas between them. Default false. */
  readonly contacts?: boolean;
  /** Whether the value is the name of the environment, wherever there is one; its default is then that of a laptop. Default false. */
  readonly environmentName?: boolean;
};

/** Whether a service needs this secret with these plain values: always, unless others issue it for something that is not in use. */
export const isNeeded = (
  { issuedBy }: ConfigurationDeclaration,
  plainValue: (key: string) => string | undefined,
): boolean => issuedBy === undefined || plainValue(issuedBy.when.key) === issuedBy.when.is;

/** Variable, `true` or absent, that tells a service with stand-ins that its environment serves customers, where none may run. */
export const SERVES_CUSTOMERS = 'SERVES_CUSTOMERS';

/** Whether a value only stands in for the real thing. */
export const isStandIn = ({ standIns = [] }: ConfigurationDeclaration, value: string | undefined): boolean =>
  value !== undefined && standIns.some((beginning) => value.startsWith(beginning));

/** What is said, at start and before it, of a value that stands in for the real thing where customers are served. */
export const standInSentence = ({ standIns = [] }: ConfigurationDeclaration): string =>
  `only stands in for the real thing (${standIns.join(', ')}) and serves no customer; set the real one`;

import type { ServiceManifest } from './manifest.ts';

/** Where a service hands in its critical functions, so that a process without one of them never becomes ready. */
export type FunctionRegistry = {
  /** Registers functions under the names that the manifest gives them. Throws for a name it does not list, or no function. */
  register(functions: Readonly<Record<string, unknown>>): void;
  /** Names that the manifest lists and nobody registered. */
  missing(): string[];
  /** Every listed name and whether it is registered. */
  report(): Record<string, 'registered' | 'missing'>;
};

export const createFunctionRegistry = (manifest: ServiceManifest): FunctionRegistry => {
  const listed = manifest.criticalFunctions.map(({ name }) => name);
  const registered = new Set<string>();
  return {
    register: (functions) => {
      for (const [name, implementation] of Object.entries(functions)) {
        if (!listed.includes(name))
          throw new Error(
            `function "${name}" is not listed in criticalFunctions of services/${manifest.name}/manifest.ts; add it there`,
          );
        if (typeof implementation !== 'function')
          throw new Error(
            `critical function "${name}" of ${manifest.name} is ${typeof implementation}, not a function; check its export`,
          );
        registered.add(name);
      }
    },
    missing: () => listed.filter((name) => !registered.has(name)),
    report: () => Object.fromEntries(listed.map((name) => [name, registered.has(name) ? 'registered' : 'missing'])),
  };
};

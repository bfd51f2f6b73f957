import type { DeclaredService, HealthStatus, ServiceHealth } from '../../contracts/http/operations/topology-api.ts';
import type { OwnHealth } from '../clients/health-client.ts';

export type AskHealthEffects = {
  readonly platform: readonly DeclaredService[];
  /** Name of the service that asks. */
  readonly self: string;
  /** What a service says of itself; undefined for one that cannot be asked. */
  readonly ask: (name: string) => Promise<OwnHealth> | undefined;
  /** How the service that asks is itself. */
  readonly ownHealth: () => Promise<OwnHealth>;
};

const nothing = { checks: {}, uptimeSeconds: null, memoryMiB: null, answeredInMs: null } as const;

/** Why nobody asks a service, in words. */
const whyUnknown = ({ isPublic, runs }: DeclaredService): string => {
  if (isPublic) return 'this came through it';
  return {
    pods: 'not asked from here',
    function: 'see its pipelines',
    site: 'files alone',
    flink: 'see its pipelines',
  }[runs];
};

const reasonOf = (problem: unknown): string => {
  // Code or class; messages may name hosts.
  const { code, name = 'unknown' } = (problem ?? {}) as { readonly code?: unknown; readonly name?: string };
  return typeof code === 'string' ? code : name;
};

const askOne = async (effects: AskHealthEffects, service: DeclaredService): Promise<ServiceHealth> => {
  const { name, kind } = service;
  const started = performance.now();
  const asked = name === effects.self ? effects.ownHealth() : effects.ask(name);
  if (!asked) return { name, kind, status: 'unknown', ...nothing, note: whyUnknown(service) };
  const answeredInMs = () => Math.round(performance.now() - started);
  return asked.then(
    ({ status, checks, uptimeSeconds, memoryMiB }) => ({
      name,
      kind,
      status,
      checks: Object.fromEntries(
        Object.entries(checks).map(([check, { error = null, ...report }]) => [check, { ...report, error }]),
      ),
      uptimeSeconds,
      memoryMiB,
      answeredInMs: answeredInMs(),
      note: null,
    }),
    (problem: unknown) => ({
      name,
      kind,
      status: 'unhealthy' as const,
      ...nothing,
      answeredInMs: answeredInMs(),
      note: `no answer: ${reasonOf(problem)}`,
    }),
  );
};

/** Asks every service at once how it is; none waits for another, and one that says nothing is unhealthy. */
export const askHealth = (effects: AskHealthEffects): Promise<ServiceHealth[]> =>
  Promise.all(effects.platform.map((service) => askOne(effects, service)));

/** The worst of those that are known. */
export const worstOf = (services: readonly Pick<ServiceHealth, 'status'>[]): HealthStatus => {
  const found = new Set(services.map(({ status }) => status));
  return (['unhealthy', 'degraded', 'healthy'] as const).find((status) => found.has(status)) ?? 'unknown';
};

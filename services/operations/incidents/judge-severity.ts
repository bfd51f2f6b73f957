/** How bad it looks from what the shop says of itself, for whoever has no time to judge. Pure. */
import type { Severity } from '../../contracts/http/operations/incidents-api.ts';
import type { Pipeline } from '../../contracts/http/operations/pipelines-api.ts';
import type { DeclaredService, ServiceHealth } from '../../contracts/http/operations/topology-api.ts';

type PipelineSignal = Pick<Pipeline, 'from' | 'to' | 'source' | 'status' | 'deadLetters'>;

export type Signals = {
  readonly services: readonly Pick<ServiceHealth, 'name' | 'status'>[];
  /** Null: the event log does not answer. */
  readonly pipelines: readonly PipelineSignal[] | null;
};

export type Judgement = {
  readonly severity: Severity;
  /** What speaks for it, worst first; never empty. */
  readonly reasons: readonly string[];
};

/** Topic whose publisher takes orders; nobody can buy without it and whom it calls. */
const orderTopic = 'order-events';

/** Names of the services without which nobody can buy. */
export const neededToBuy = (platform: readonly DeclaredService[]): ReadonlySet<string> => {
  const needed = new Set<string>();
  const add = (service: DeclaredService | undefined): void => {
    if (!service || needed.has(service.name)) return;
    needed.add(service.name);
    for (const callee of service.calls) add(platform.find(({ name }) => name === callee));
  };
  add(platform.find(({ publishes }) => publishes.includes(orderTopic)));
  return needed;
};

const ofService = ({ name, status }: Signals['services'][number], needed: ReadonlySet<string>) => {
  const reason = `${name} is ${status}`;
  if (status === 'unhealthy') return { severity: needed.has(name) ? 'P0' : 'P1', reason } as const;
  if (status === 'degraded') return { severity: needed.has(name) ? 'P1' : 'P2', reason } as const;
  return undefined;
};

const ofPipeline = ({ from, to, source, status, deadLetters }: PipelineSignal) => {
  const way = `${source.name} from ${from} to ${to}`;
  return [
    ...(status === 'stopped' ? [{ severity: 'P1', reason: `nobody reads ${way}` } as const] : []),
    ...(status === 'behind' ? [{ severity: 'P2', reason: `${way} is behind` } as const] : []),
    ...(deadLetters ? [{ severity: 'P2', reason: `${deadLetters} dead letters of ${way}` } as const] : []),
  ];
};

/**
 * The severity of the worst signal: P0 where a service is unhealthy without which nobody can buy; P1 where another one is, one of those is
 * degraded, or a pipeline is read by nobody; P2 where another one is degraded, a pipeline is behind or has dead letters; otherwise P3.
 */
export const judgeSeverity = ({ services, pipelines }: Signals, needed: ReadonlySet<string>): Judgement => {
  const found = [
    ...services.flatMap((service) => ofService(service, needed) ?? []),
    ...(pipelines?.flatMap(ofPipeline) ?? [{ severity: 'P1', reason: 'the event log does not answer' } as const]),
  ].toSorted((one, other) => one.severity.localeCompare(other.severity));
  const [worst] = found;
  return worst
    ? { severity: worst.severity, reasons: found.map(({ reason }) => reason) }
    : { severity: 'P3', reasons: ['every service and pipeline that can be asked is well'] };
};

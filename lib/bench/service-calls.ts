/** Calls that services answered, by their own metrics; each call between two services is answered by one of them. */
import type { LocalState } from '../local/state.ts';

/** `service method` with how many were answered since the service started. */
export type CallCounts = Readonly<Record<string, number>>;

/** Asked by whoever watches over a service, not by another service. */
const watching = /^(?:\/api\/v1)?\/(?:health|metrics|openapi|docs)/;
/** gRPC's own health service. */
const watchingMethods = /\bHealth\//;

const label = (labels: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(labels)?.[1] ?? '';

/** Counts of one page of metrics: `POST /orders` over HTTP, `OrderService/PlaceOrder` over gRPC. Whatever the answer was, the call was made. */
export const callsOn = (page: string): CallCounts => {
  const counts: Record<string, number> = {};
  for (const line of page.split('\n')) {
    const [, kind, labels = '', value] = /^(http|grpc)_requests_total\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (!kind) continue;
    const method = label(labels, 'method');
    const route = label(labels, 'route');
    if (kind === 'http' ? watching.test(route) : watchingMethods.test(method)) continue;
    const name = kind === 'http' ? `${method} ${route}` : method;
    counts[name] = (counts[name] ?? 0) + Number(value);
  }
  return counts;
};

const ANSWER_WITHIN_MS = 5_000;

/** Reads the metrics of every service that has an HTTP door, except those whose callers are customers. */
export const readCalls = async (
  { services }: Pick<LocalState, 'services'>,
  publicServices: readonly string[],
): Promise<CallCounts> => {
  const pages = await Promise.all(
    services
      .filter(({ name, url, kind }) => url !== undefined && kind !== 'static' && !publicServices.includes(name))
      .map(async ({ name, url }) => {
        const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
        if (!answer.ok) throw new Error(`${name} answered ${answer.status} when asked for its metrics`);
        return Object.entries(callsOn(await answer.text())).map(([call, count]) => [`${name} ${call}`, count] as const);
      }),
  );
  return Object.fromEntries(pages.flat());
};

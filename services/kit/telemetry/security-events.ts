import type { RefusalKind } from '../values/refusal.ts';
import { type Metrics, startAtZero } from './metrics.ts';

/** Refusals that an attack would raise, at any door; refused log-ins are counted by the user service besides. */
const kinds = ['unauthenticated', 'forbidden', 'too-many'] as const satisfies readonly RefusalKind[];
const isSecurityEvent = (kind: RefusalKind): kind is (typeof kinds)[number] => kinds.some((each) => each === kind);

/** Counts a refusal if an attack would raise it. */
export const createSecurityEvents = (metrics: Metrics): ((kind: RefusalKind) => void) => {
  const refusals = metrics.counter({
    name: 'security_events_total',
    help: 'Requests refused for who sent them, or for how many.',
    labels: ['event'],
  });
  startAtZero(
    refusals,
    kinds.map((event) => ({ event })),
  );
  return (kind) => {
    if (isSecurityEvent(kind)) refusals.inc({ event: kind });
  };
};

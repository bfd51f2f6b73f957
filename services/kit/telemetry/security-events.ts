import type { RefusalKind } from '../values/refusal.ts';
import { type Metrics, startAtZero } from './metrics.ts';

/** Refusals that an attack would raise, at any door; refused log-ins are counted by the user service besides. */
const kinds = ['unauthenticated', 'forbidden', 'too-many'] as const satisfies readonly RefusalKind[];
const isSecurityEvent = (kind: RefusalKind): kind is (typeof kinds)[number] => kinds.some((each) => each === kind);

/** Who was refused: whoever sent the request, as happens all day, or the service that called for them, as nobody outside can bring about. */
type Refused = 'person' | 'service';

/** Counts a refusal if an attack would raise it; `callers` are those whom the door can refuse. */
export const createSecurityEvents = <Caller extends Refused>(
  metrics: Metrics,
  callers: readonly Caller[],
): ((kind: RefusalKind, caller: Caller) => void) => {
  const refusals = metrics.counter({
    name: 'security_events_total',
    help: 'Requests refused for who sent them, or for how many.',
    labels: ['event', 'caller'],
  });
  startAtZero(
    refusals,
    callers.flatMap((caller) => kinds.map((event) => ({ event, caller }))),
  );
  return (kind, caller) => {
    if (isSecurityEvent(kind)) refusals.inc({ event: kind, caller });
  };
};

import { addressOf } from '../../contracts/http/address-of.ts';
import { ApiProblem, eventsOf } from '../../contracts/http/ask.ts';
import type { Door, Doors } from '../../contracts/http/door.ts';
import { unavailable } from '../../kit/calls/call-budget.ts';
import type { DoorEvent, DoorHandlers, DoorRequest } from '../../kit/http/doors.ts';
import { kindOfStatus } from '../../kit/http/problem.ts';
import { currentTraceparent, newTraceparent } from '../../kit/telemetry/tracing.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { forwardingOf } from './forwarding.ts';

/** Milliseconds until the first event, which may be the end of long thinking. */
const firstEventMs = 40_000;

type TellingDoors<Table extends Doors> = {
  [Name in keyof Table as Table[Name] extends { readonly events: object } ? Name : never]: Table[Name];
};

/** The refusal of the service behind, as it was thrown there. */
const refusalOf = (service: string, problem: unknown): unknown => {
  if (!(problem instanceof ApiProblem) || !problem.problem) return unavailable(service, problem);
  const { status, code, retryAfterSeconds, problem: document } = problem;
  return new Refusal(kindOfStatus(status), code, document.detail, {
    ...(document.errors && { errors: document.errors }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
};

const tell = (baseUrl: string, service: string, door: Door) =>
  async function* (request: DoorRequest<Door>, signal: AbortSignal): AsyncGenerator<DoorEvent<unknown>> {
    const { authorization, sessionId } = forwardingOf(request);
    try {
      yield* eventsOf(`${baseUrl}${addressOf(door, request as { readonly params?: object })}`, {
        method: door.method,
        body: request.body,
        signal,
        deadlineMs: firstEventMs,
        headers: {
          'x-request-id': request.id,
          traceparent: currentTraceparent() ?? newTraceparent(),
          ...(authorization !== undefined && { authorization }),
          ...(sessionId !== undefined && { 'x-session-id': sessionId }),
        },
      });
    } catch (problem) {
      if (signal.aborted) return;
      throw refusalOf(service, problem);
    }
  };

/** Handlers of the doors of a table that tell events: they tell those of the service behind. */
export const forwardEventsTo = <const Table extends Doors>(
  { baseUrl, service }: { readonly baseUrl: string; readonly service: string },
  doors: Table,
): DoorHandlers<TellingDoors<Table>> =>
  Object.fromEntries(
    Object.entries(doors)
      .filter(([, door]) => door.events)
      .map(([name, door]) => [name, tell(baseUrl, service, door)]),
  ) as unknown as DoorHandlers<TellingDoors<Table>>;

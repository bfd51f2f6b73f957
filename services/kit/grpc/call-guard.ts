import { type CallContext, type Metadata, ServerError, type ServerMiddleware, Status } from 'nice-grpc';
import { authenticate } from '../auth/authenticate.ts';
import type { Caller } from '../auth/caller.ts';
import { type ServiceTokenVerifier, serviceTokenKey, serviceTokenRefusals } from '../auth/service-token.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import { requestBudget, timeoutHeader } from '../calls/call-budget.ts';
import { systemClock } from '../system-clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createSecurityEvents } from '../telemetry/security-events.ts';
import { contextOf, noteProblem, runIn, SpanKind, startSpanOf, traceparentOf } from '../telemetry/tracing.ts';
import { Refusal } from '../values/refusal.ts';
import { codeOfKind, writeRefusal } from './refusal-metadata.ts';

/** What the kit adds to nice-grpc's call context. */
export type GrpcCall = {
  /** The person on whose behalf the service calls; `nobody` when it forwards no token and no session. */
  readonly caller: Caller;
  /** Name of the calling service. */
  readonly callingService: string;
  readonly traceparent: string;
};

type Guard = {
  readonly verifyService: ServiceTokenVerifier;
  readonly verifyToken: TokenVerifier | undefined;
  readonly deadlineMs: number;
  readonly metrics: Metrics;
  readonly logger: Logger;
};

const textOf = (metadata: Metadata, key: string): string | undefined => {
  const value = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
};

/** A signal that aborts when the caller goes away or at the deadline, and a promise that then rejects. */
const startDeadline = (callSignal: AbortSignal, budgetMs: number) => {
  const controller = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  // The call may be answered first; then nobody listens to this promise any more.
  over.catch(() => undefined);
  const end = (code: Status, detail: string) => {
    controller.abort();
    reject(new ServerError(code, detail));
  };
  const goneAway = () => end(Status.CANCELLED, 'the caller went away');
  if (callSignal.aborted) goneAway();
  callSignal.addEventListener('abort', goneAway);
  const timer = setTimeout(
    () => end(Status.DEADLINE_EXCEEDED, `no answer within ${Math.round(budgetMs)} ms`),
    budgetMs,
  );
  const clear = () => {
    clearTimeout(timer);
    callSignal.removeEventListener('abort', goneAway);
  };
  return { signal: controller.signal, over, clear };
};

const callerOf = async (metadata: Metadata, verifyToken: TokenVerifier | undefined): Promise<Caller> => {
  const authorization = textOf(metadata, 'authorization');
  const guestSessionId = textOf(metadata, 'x-session-id');
  const { caller, refusal } = await authenticate({ authorization, guestSessionId }, verifyToken);
  if (refusal) throw refusal;
  return caller;
};

/** Turns whatever a handler threw into a status; an unknown error becomes INTERNAL and says nothing about itself. */
const statusError = (problem: unknown, context: CallContext, logger: Logger, method: string): ServerError => {
  if (problem instanceof ServerError) return problem;
  if (problem instanceof Refusal) {
    writeRefusal(context.trailer, problem);
    return new ServerError(codeOfKind[problem.kind], problem.message);
  }
  logger.error({ error: problem, method }, 'call failed');
  return new ServerError(Status.INTERNAL, 'internal');
};

/** `PaymentService/Refund` is the method `refund`. A method that is not named is open to nobody. */
const requireCaller = (callers: Readonly<Record<string, readonly string[]>>, method: string, caller: string): void => {
  const name = method.slice(method.indexOf('/') + 1);
  if (callers[name.charAt(0).toLowerCase() + name.slice(1)]?.includes(caller)) return;
  throw new Refusal(
    'forbidden',
    'service-token.not-allowed',
    `${caller} may not call ${method}; who may is named where the service is added to its gRPC door.`,
  );
};

/** Wraps every call: who calls, trace, deadline, refusals as statuses, metrics. */
export const createCallGuard = ({
  verifyService,
  verifyToken,
  deadlineMs,
  metrics,
  logger,
}: Guard): ((callers?: Readonly<Record<string, readonly string[]>>) => ServerMiddleware<GrpcCall>) => {
  const labels = ['method', 'code'] as const;
  const requests = metrics.counter({ name: 'grpc_requests_total', help: 'gRPC calls answered.', labels });
  const duration = metrics.histogram({
    name: 'grpc_request_duration_seconds',
    help: 'Seconds from the arrival of a gRPC call to the end of its answer.',
    labels,
  });
  const countSecurityEvent = createSecurityEvents(metrics, ['person', 'service']);
  return (callers) =>
    async function* guardCall(call, context) {
      const startedAt = performance.now();
      const method = call.method.path.slice(call.method.path.lastIndexOf('.') + 1);
      const budgetMs = requestBudget(textOf(context.metadata, timeoutHeader), deadlineMs);
      const deadline = startDeadline(context.signal, budgetMs);
      const span = startSpanOf(textOf(context.metadata, 'traceparent'), method, {
        kind: SpanKind.SERVER,
        attributes: { 'rpc.system.name': 'grpc', 'rpc.method': method },
      });
      const traceparent = traceparentOf(span);
      const scope = contextOf(span, systemClock.now().getTime() + budgetMs);
      let code: Status = Status.OK;
      try {
        const callingService = await verifyService(textOf(context.metadata, serviceTokenKey), method);
        if (callers) requireCaller(callers, method, callingService);
        const caller = await callerOf(context.metadata, verifyToken);
        const answers = call.next(call.request, {
          ...context,
          signal: deadline.signal,
          caller,
          callingService,
          traceparent,
        });
        const step = () => Promise.race([runIn(scope, () => answers.next()), deadline.over]);
        let answer = await step();
        while (!answer.done) {
          yield answer.value;
          answer = await step();
        }
        return answer.value;
      } catch (problem) {
        const error = runIn(scope, () => statusError(problem, context, logger, method));
        code = error.code;
        if (problem instanceof Refusal)
          countSecurityEvent(problem.kind, problem.code.startsWith(serviceTokenRefusals) ? 'service' : 'person');
        noteProblem(problem, span);
        throw error;
      } finally {
        deadline.clear();
        span.end();
        const values = { method, code: Status[code] };
        requests.inc(values);
        duration.observe(values, (performance.now() - startedAt) / 1000);
      }
    };
};

import {
  ChannelCredentials,
  type Client,
  ClientError,
  type ClientMiddleware,
  type CompatServiceDefinition,
  createChannel,
  createClientFactory,
  Metadata,
  Status,
} from 'nice-grpc';
import { type DeadlineOptions, deadlineMiddleware } from 'nice-grpc-client-middleware-deadline';
import { createServiceTokenSigner, serviceTokenKey, serviceTokenRefusals } from '../auth/service-token.ts';
import { type Breaker, sparesBreaker } from '../calls/breaker.ts';
import { callBudget, timeoutHeader, unavailable } from '../calls/call-budget.ts';
import { lostOnTheWay, type RetryBudget } from '../calls/retry-budget.ts';
import { networkHeader } from '../http/client-network.ts';
import { systemClock } from '../system-clock.ts';
import { currentTraceparent, inPart, newTraceparent, SpanKind } from '../telemetry/tracing.ts';
import { readRefusal } from './refusal-metadata.ts';

/** What a call may carry beside its request. */
export type CallExtras = {
  /** The caller's header `Bearer <token>`, forwarded as it came. */
  readonly authorization?: string;
  /** Anonymous session, forwarded. */
  readonly sessionId?: string;
  /** Whom the callee's limits count, as the public door found it. */
  readonly network?: string | undefined;
  /** Trace to continue; default that of the request being served. */
  readonly traceparent?: string;
  /** Milliseconds to wait for this call, at most what the request being served has left; default that of the client. */
  readonly deadlineMs?: number;
};

export type GrpcClientOptions = {
  /** `host:port`; several addresses behind the name are used in turn. */
  readonly address: string;
  /** Name of the calling service. */
  readonly caller: string;
  /** What the two services have in common, CALL_SECRET_<caller>_TO_<service>. */
  readonly secret: string;
  /** Milliseconds to wait for an answer. */
  readonly deadlineMs: number;
  readonly breaker?: Breaker;
  /** For methods that only read: those named find, get, list or check. Default: no call is asked twice. */
  readonly retries?: RetryBudget;
  /** Name of the called service; default from the definition: `cloudmart.order.v1.OrderService` is `order`. */
  readonly service?: string;
};

/** Calls are `client.placeOrder(request, extras?)`; they throw the Refusal that the server threw, or `<service>.unavailable`. */
export type GrpcClient<Definition extends CompatServiceDefinition> = Client<Definition, CallExtras> & { close(): void };

const serviceOf = (definition: CompatServiceDefinition): string => {
  const name = /^cloudmart\.([a-z_]+)\./.exec('fullName' in definition ? String(definition.fullName) : '')?.[1];
  if (name === undefined) throw new Error('the definition does not name its service; pass options.service');
  return name.replaceAll('_', '-');
};

/** Statuses that say nothing about the request: the service is not there, is late, or is overloaded. */
const absent: ReadonlySet<Status> = new Set([
  Status.UNAVAILABLE,
  Status.DEADLINE_EXCEEDED,
  Status.CANCELLED,
  Status.RESOURCE_EXHAUSTED,
]);

/** `OrderService/FindOrders`: by their names, methods that change nothing and may be asked again. */
const onlyReads = /\/(Find|Get|List|Check)[A-Z]/;

/** A message beyond the limit, in the words of grpc-js: it is as large the next time. */
const isTooLarge = ({ code, details }: ClientError): boolean =>
  code === Status.RESOURCE_EXHAUSTED && /message (larger|with a size larger) than/.test(details);

const guardCalls = (
  service: string,
  { caller, secret, deadlineMs, breaker, retries }: GrpcClientOptions,
): ClientMiddleware<CallExtras, DeadlineOptions> => {
  const sign = createServiceTokenSigner({ caller, callee: service, secret, clock: systemClock });
  return async function* guardCall(call, options) {
    const { authorization, sessionId, network, traceparent, deadlineMs: asked, ...rest } = options;
    const budgetMs = callBudget(service, asked ?? deadlineMs);
    const metadata = Metadata(rest.metadata);
    const method = call.method.path.slice(call.method.path.lastIndexOf('.') + 1);
    metadata.set(serviceTokenKey, await sign(method));
    metadata.set(timeoutHeader, String(Math.floor(budgetMs)));
    if (authorization !== undefined) metadata.set('authorization', authorization);
    if (sessionId !== undefined) metadata.set('x-session-id', sessionId);
    if (network !== undefined) metadata.set(networkHeader, network);

    let trailer: Metadata | undefined;
    const translate = (problem: unknown): unknown => {
      if (!(problem instanceof ClientError)) return problem;
      const refusal = readRefusal(trailer);
      // That we are not let in is between the two services; whoever asks us did nothing wrong and must not be sent away to sign in.
      if (refusal?.code.startsWith(serviceTokenRefusals)) return unavailable(service, refusal);
      if (refusal) return sparesBreaker(refusal);
      if (!absent.has(problem.code) || isTooLarge(problem)) return problem;
      const away = unavailable(service, problem);
      if (problem.code === Status.UNAVAILABLE) return lostOnTheWay(away);
      return budgetMs < deadlineMs ? sparesBreaker(away) : away;
    };
    const callOptions = {
      ...rest,
      metadata,
      deadline: budgetMs,
      onTrailer: (received: Metadata) => (trailer = received),
    };
    const name = (given: string | undefined) =>
      metadata.set('traceparent', given ?? currentTraceparent() ?? newTraceparent());
    if (call.responseStream) {
      name(traceparent);
      const answers = call.next(call.request, callOptions);
      const next = () =>
        answers.next().catch((problem: unknown) => {
          throw translate(problem);
        });
      try {
        // Whether the other side is well shows in the first answer; how a stream ends does not tell.
        let answer = await (breaker ? breaker.run(next) : next());
        while (!answer.done) {
          yield answer.value;
          answer = await next();
        }
        return answer.value;
      } finally {
        await answers.return?.(undefined as never);
      }
    }
    const finish = async () => {
      name(traceparent);
      try {
        const { value } = await call.next(call.request, callOptions).next();
        return value;
      } catch (problem) {
        throw translate(problem);
      }
    };
    const attributes = { 'rpc.system.name': 'grpc', 'rpc.method': method, 'server.address': service };
    const attempt = () => inPart(method, { kind: SpanKind.CLIENT, attributes }, finish);
    const guarded = () => (breaker ? breaker.run(attempt) : attempt());
    return await (retries ? retries.run(guarded, onlyReads.test(method)) : guarded());
  };
};

/** Client of another service's gRPC door: service token, deadline on every call, refusals as they were thrown. */
export const createGrpcClient = <Definition extends CompatServiceDefinition>(
  definition: Definition,
  options: GrpcClientOptions,
): GrpcClient<Definition> => {
  const service = options.service ?? serviceOf(definition);
  const channel = createChannel(options.address, ChannelCredentials.createInsecure(), {
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 10_000,
    // After a callee's restart, calls fail at once instead of waiting for a back-off of up to two minutes.
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 2_000,
  });
  const client = createClientFactory()
    .use(deadlineMiddleware)
    .use(guardCalls(service, options))
    .create(definition, channel);
  return Object.assign(client, { close: () => channel.close() }) as unknown as GrpcClient<Definition>;
};

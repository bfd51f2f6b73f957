import { errors, Pool } from 'undici';
import { type Breaker, sparesBreaker } from '../calls/breaker.ts';
import { callBudget, timeoutHeader, unavailable } from '../calls/call-budget.ts';
import { lostOnTheWay, type RetryBudget } from '../calls/retry-budget.ts';
import { currentTraceparent, inPart, newTraceparent, SpanKind } from '../telemetry/tracing.ts';
import { type FieldError, Refusal } from '../values/refusal.ts';
import { kindOfStatus } from './problem.ts';

export type HttpClientRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, starting with `/`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a good answer is read as; default JSON. */
  readonly answer?: 'json' | 'bytes' | undefined;
  /** Milliseconds for this request, at most what the request being served has left; default that of the client. */
  readonly deadlineMs?: number;
};

export type HttpClientAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON, undefined for an empty body: check it with a schema. Or a Uint8Array, where bytes were asked for. */
  readonly body: unknown;
};

export type HttpClient = {
  /** Resolves for 2xx, and for 304 where `if-none-match` was sent. A problem of the other side becomes the same Refusal; no answer is `<service>.unavailable`, one beyond the limit an Error. */
  request(request: HttpClientRequest): Promise<HttpClientAnswer>;
  close(): Promise<void>;
};

export type HttpClientOptions = {
  readonly baseUrl: string;
  /** Name of the called service. */
  readonly service: string;
  readonly deadlineMs: number;
  readonly breaker?: Breaker;
  /** For GET alone. Default: no request is asked twice. */
  readonly retries?: RetryBudget;
  /** Connections kept to it; default 16. */
  readonly connections?: number;
  /** Largest answer in bytes; default 1 MiB. */
  readonly answerLimit?: number;
};

const refusalOf = (service: string, status: number, retryAfter: string | undefined, body: unknown): Refusal => {
  const { code, detail, errors, expected, actual } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const seconds = Number(retryAfter);
  const known = typeof code === 'string' && typeof detail === 'string';
  return new Refusal(
    kindOfStatus(status),
    known && status < 500 ? code : status < 500 ? `${service}.refused` : `${service}.unavailable`,
    known && status < 500 ? detail : `The ${service} service answered ${status}.`,
    {
      errors: Array.isArray(errors) ? (errors as FieldError[]) : undefined,
      difference: expected !== undefined && actual !== undefined ? { expected, actual } : undefined,
      retryAfterSeconds: seconds > 0 && Number.isFinite(seconds) ? seconds : undefined,
    },
  );
};

/** What asking again does not change: an answer beyond the limit, or a request that cannot be written. The service is not away. */
const isTooLarge = (problem: unknown): boolean =>
  problem instanceof errors.ResponseExceededMaxSizeError || problem instanceof RangeError;

/** Client of another service's HTTP door: pooled connections, a deadline on every request, refusals as they were thrown. */
export const createHttpClient = (options: HttpClientOptions): HttpClient => {
  const { baseUrl, service, breaker, retries, connections = 16, answerLimit = 2 ** 20 } = options;
  const { origin, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/+$/, '');
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    maxResponseSize: answerLimit,
    connect: { timeout: 2_000 },
    // Shorter than the 75 s of the kit's servers, so that no request meets a connection that is being closed.
    keepAliveTimeout: 30_000,
  });

  const send = async ({
    method,
    path,
    body,
    headers,
    answer: form = 'json',
    deadlineMs = options.deadlineMs,
  }: HttpClientRequest): Promise<HttpClientAnswer> => {
    const budget = callBudget(service, deadlineMs);
    // Cleared once answered: AbortSignal.timeout would keep a timer for each request until its deadline.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), budget);
    const read = async () => {
      const answer = await pool.request({
        method,
        path: `${prefix}${path}`,
        signal: late.signal,
        headers: {
          accept: form === 'json' ? 'application/json' : '*/*',
          traceparent: currentTraceparent() ?? newTraceparent(),
          [timeoutHeader]: String(Math.floor(budget)),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const { statusCode: status, headers: answered } = answer;
      if (form === 'bytes' && status < 300) return { status, headers: answered, body: await answer.body.bytes() };
      const text = await answer.body.text();
      return {
        status,
        headers: answered,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
    };
    const answer = await read()
      .catch((problem: unknown) => {
        if (isTooLarge(problem))
          throw new Error(`a request to ${service} or its answer is too large`, { cause: problem });
        const away = unavailable(service, problem);
        if (!late.signal.aborted) throw problem instanceof SyntaxError ? away : lostOnTheWay(away);
        throw budget < options.deadlineMs ? sparesBreaker(away) : away;
      })
      .finally(() => clearTimeout(timer));
    const isUnchanged = answer.status === 304 && headers?.['if-none-match'] !== undefined;
    if (isUnchanged || (answer.status >= 200 && answer.status < 300)) return answer;
    const refusal = refusalOf(service, answer.status, String(answer.headers['retry-after'] ?? ''), answer.body);
    throw answer.status === 503 ? sparesBreaker(refusal) : refusal;
  };
  /** The path stays out of the span: it may hold the id of a person. */
  const sendInPart = (request: HttpClientRequest) => {
    const attributes = { 'http.request.method': request.method, 'server.address': service };
    return inPart(`${request.method} ${service}`, { kind: SpanKind.CLIENT, attributes }, () => send(request));
  };
  const guarded = (request: HttpClientRequest) =>
    breaker ? breaker.run(() => sendInPart(request)) : sendInPart(request);
  return {
    request: (request) => (retries ? retries.run(() => guarded(request), request.method === 'GET') : guarded(request)),
    close: () => pool.close(),
  };
};

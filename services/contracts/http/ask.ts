/** One request to a shop: its deadline, its errors and its events. Runs in browsers and in Node, on the `fetch` of the platform. */
import type { Door } from './door.ts';
import type { Problem } from './problem.ts';

/** Milliseconds for an answer, as long as a door takes at most if it says nothing else. */
const defaultDeadlineMs = 15_000;
/** Milliseconds without a word on a stream of events; the gateway writes every 15 s. */
const longestSilenceMs = 45_000;

export type CallOptions = {
  /** Access token of the caller; a guest is known by the cookie of the session. */
  readonly token?: string | undefined;
  /** Sent beside those of the door, such as `traceparent`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the call, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole answer, or for the first event; default what the door takes at most, 15,000 for most. */
  readonly deadlineMs?: number | undefined;
  /** Default that of the platform. */
  readonly fetch?: ((url: string, request: RequestInit) => Promise<Response>) | undefined;
};

export type ClientOptions = CallOptions & {
  /** Start of every address, without a slash at its end; default none: the page's own origin. */
  readonly baseUrl?: string | undefined;
};

/** What a client that watches may say besides. */
export type WatchOptions = CallOptions & {
  /** Id of the last event that was seen; default 0, which begins with how things are. */
  readonly after?: number | undefined;
};

/** An answer other than 2xx: the problem document, with code `none` where the answer holds none. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  /** The whole document, with the fields that were refused; undefined where the answer holds none. */
  readonly problem: Problem | undefined;
  /** Seconds after which the shop asks to come again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(request: string, { status, headers }: Pick<Response, 'status' | 'headers'>, text: string) {
    const problem = problemIn(text);
    const { code, detail, errors = [] } = problem ?? { code: 'none', detail: text.slice(0, 200) };
    const fields = errors.map(({ path, message }) => `${path} ${message}`).join(', ');
    super(`${request} answered ${status} ${code}: ${[detail, fields].filter(Boolean).join(' ')}`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.problem = problem;
    this.retryAfterSeconds = Number(headers.get('retry-after')) || undefined;
  }
}

/** Nobody answered: the address is none, the connection broke, or the deadline was over. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

// Without the schema, which would bring its library into every page.
const isProblem = (value: unknown): value is Problem => {
  const { code, detail, errors = [] } = (value ?? {}) as Partial<Problem>;
  return typeof code === 'string' && typeof detail === 'string' && Array.isArray(errors);
};

const problemIn = (text: string): Problem | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isProblem(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** One request as it is sent. */
export type Call = ClientOptions & {
  readonly method?: Door['method'];
  readonly body?: unknown;
  /** Whether a good answer is bytes and not JSON. */
  readonly isMedia?: boolean;
};

/** Aborts once so many milliseconds are over, which `restart` counts anew. */
const createDeadline = (signal: AbortSignal | undefined) => {
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
    restart: (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => late.abort(new Error(`none within ${ms / 1000} s`)), ms);
    },
    end: () => clearTimeout(timer),
  };
};

/** Sends one request and hands a good answer to `read`, under one deadline. Throws {@link ApiProblem}, or {@link NoAnswer}. */
const send = async function* <Part>(
  url: string,
  call: Call,
  read: (response: Response, heard: () => void) => AsyncGenerator<Part>,
): AsyncGenerator<Part> {
  const { method = 'GET', body, token, headers, signal, deadlineMs = defaultDeadlineMs, fetch: ask = fetch } = call;
  const request = `${method} ${url}`;
  const deadline = createDeadline(signal);
  deadline.restart(deadlineMs);
  try {
    const response = await ask(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: deadline.signal,
    });
    if (!response.ok) throw new ApiProblem(request, response, await response.text());
    yield* read(response, () => deadline.restart(longestSilenceMs));
  } catch (problem) {
    signal?.throwIfAborted();
    if (problem instanceof ApiProblem) throw problem;
    const { cause, message } = problem as Error;
    throw new NoAnswer(`${request} got no answer: ${(cause as Error | undefined)?.message || message}`, {
      cause: problem,
    });
  } finally {
    deadline.end();
  }
};

const readJson = async function* (response: Response) {
  const text = await response.text();
  yield { headers: response.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
};

const readBytes = async function* (response: Response) {
  yield { headers: response.headers, body: new Uint8Array(await response.arrayBuffer()) as unknown };
};

/** The answer to one request, its body parsed, or as bytes; undefined without one. */
export const answerTo = async (url: string, call: Call) => {
  const answers = send(url, call, call.isMedia ? readBytes : readJson);
  try {
    return (await answers.next()).value as { readonly headers: Headers; readonly body: unknown };
  } finally {
    await answers.return(undefined);
  }
};

/** Asks an address that no table knows, such as `/openapi.json`, with the deadline and the errors of a door. */
export const askJson = async <Answer>(url: string, call: Call = {}): Promise<Answer> =>
  (await answerTo(url, call)).body as Answer;

// Events as the gateway writes them: lines end with one line feed, and data is one line.
const readEvents = async function* (response: Response, heard: () => void) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let kept = ''; reader; ) {
      heard();
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = `${kept}${value}`.split('\n\n');
      kept = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, id] = /^id: (\d+)$/m.exec(block) ?? [];
        const [, data] = /^data: (.*)$/m.exec(block) ?? [];
        if (data !== undefined) yield { id: Number(id), data: JSON.parse(data) as unknown };
      }
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
};

/** The events that one request is answered with, until the shop ends their stream. */
export const eventsOf = (url: string, call: Call) => send(url, call, readEvents);

/** A customer's or a member of staff's view of the platform: its public door, with a deadline on every call. */

export type ApiRequest = {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cookies of this visitor by name: sent along, and kept from the answer. */
  readonly cookies?: Map<string, string>;
  /** Milliseconds for the whole call; default 15,000. */
  readonly timeoutMs?: number;
  /** Gives the call up early; default never. */
  readonly signal?: AbortSignal;
};

/** An answer other than 2xx; `code` is the stable code of the problem document, or `none`. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(request: string, status: number, code: string, detail: string) {
    super(`${request} answered ${status} ${code}: ${detail}`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
  }
}

export type ApiClient = <Answer>(path: string, request?: ApiRequest) => Promise<Answer>;

const DEADLINE_MS = 15_000;

/**
 * `baseUrl` is the gateway's, without a trailing slash. The client throws {@link ApiProblem} for refusals and `Error` when
 * nobody answers in time.
 */
export const createApiClient =
  (baseUrl: string): ApiClient =>
  async <Answer>(
    path: string,
    { method = 'GET', body, token, headers = {}, cookies, timeoutMs = DEADLINE_MS, signal }: ApiRequest = {},
  ): Promise<Answer> => {
    const request = `${method} ${baseUrl}${path}`;
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(cookies?.size && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
    }).catch((problem: Error) => {
      throw new Error(
        `${request} got no answer: ${problem.cause instanceof Error ? problem.cause.message : problem.message}`,
        { cause: problem },
      );
    });
    for (const cookie of cookies ? response.headers.getSetCookie() : []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies?.set(name, value);
    }
    const text = await response.text();
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Answer;
    let problem: { code?: string; detail?: string; errors?: { path: string; message: string }[] };
    try {
      problem = JSON.parse(text);
    } catch {
      problem = { detail: text.slice(0, 200) };
    }
    const fields = (problem.errors ?? []).map(({ path, message }) => `${path} ${message}`).join(', ');
    throw new ApiProblem(
      request,
      response.status,
      problem.code ?? 'none',
      [problem.detail, fields].filter(Boolean).join(' '),
    );
  };

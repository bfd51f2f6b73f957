import type { Difference, FieldError, Refusal, RefusalKind } from '../values/refusal.ts';

/** An error as the caller reads it: RFC 9457, served as `application/problem+json`. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable and machine-readable, `<noun>.<fact>`. */
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly traceId: string;
};

export const problemMediaType = 'application/problem+json';

/** HTTP status of each kind of refusal. */
const statusOfKind: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  unprocessable: 422,
  'too-many': 429,
  unavailable: 503,
};

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export type ProblemParts = {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly difference?: Difference;
};

/** `type` names the code as a URN, because no page is promised behind it. */
export const problemOf = ({ status, code, detail, errors, difference }: ProblemParts, traceId: string): Problem => ({
  type: `urn:cloudmart:problem:${code}`,
  title: titles[status] ?? 'Error',
  status,
  code,
  detail,
  ...(errors && errors.length > 0 && { errors }),
  ...difference,
  traceId,
});

/** Kind of a refusal by its HTTP status; for what another service answered. */
export const kindOfStatus = (status: number): RefusalKind => {
  const found = Object.entries(statusOfKind).find(([, known]) => known === status);
  if (found) return found[0] as RefusalKind;
  return status >= 500 ? 'unavailable' : 'invalid';
};

export const partsOfRefusal = ({ kind, code, message, errors, difference }: Refusal): ProblemParts => ({
  status: statusOfKind[kind],
  code,
  detail: message,
  errors,
  difference,
});

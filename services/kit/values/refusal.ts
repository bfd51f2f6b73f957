/** Every way a request can be refused; each door maps a kind to its own status. */
export const refusalKinds = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'missing',
  'conflict',
  'unprocessable',
  'too-many',
  'unavailable',
] as const;

export type RefusalKind = (typeof refusalKinds)[number];

/** One field that is wrong: `path` is dotted (`items.0.quantity`), empty for the whole body. */
export type FieldError = { readonly path: string; readonly message: string };

/** Both as the fields of the request and of the answers have them. */
export type Difference = { readonly expected: unknown; readonly actual: unknown };

export type RefusalOptions = {
  readonly errors?: readonly FieldError[];
  /** Seconds after which the same request may succeed; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** What the request took for granted, and what is so instead: the caller can ask again with it. */
  readonly difference?: Difference;
  readonly cause?: unknown;
};

/**
 * A refusal that the caller may read: a kind, a stable code `<noun>.<fact>` and one sentence.
 * Anything else that is thrown counts as our own fault and reveals nothing.
 */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly code: string;
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly difference?: Difference;

  constructor(kind: RefusalKind, code: string, detail: string, options: RefusalOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Refusal';
    this.kind = kind;
    this.code = code;
    if (options.errors) this.errors = options.errors;
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
    if (options.difference) this.difference = options.difference;
  }
}

import { type Metadata, Status } from 'nice-grpc';
import { type Difference, type FieldError, Refusal, type RefusalKind, refusalKinds } from '../values/refusal.ts';

/** Trailing metadata that carries a refusal whole, as JSON, because a status code alone cannot. */
const refusalKey = 'refusal-bin';

/** gRPC status of each kind, for clients that do not read the trailing metadata. None of those that mean "retry" but `unavailable`. */
export const codeOfKind: Readonly<Record<RefusalKind, Status>> = {
  invalid: Status.INVALID_ARGUMENT,
  unauthenticated: Status.UNAUTHENTICATED,
  forbidden: Status.PERMISSION_DENIED,
  missing: Status.NOT_FOUND,
  conflict: Status.FAILED_PRECONDITION,
  unprocessable: Status.INVALID_ARGUMENT,
  'too-many': Status.RESOURCE_EXHAUSTED,
  unavailable: Status.UNAVAILABLE,
};

export const writeRefusal = (trailer: Metadata, refusal: Refusal): void => {
  const { kind, code, message, errors, retryAfterSeconds, difference } = refusal;
  const whole = { kind, code, detail: message, errors, retryAfterSeconds, difference };
  trailer.set(refusalKey, Buffer.from(JSON.stringify(whole)));
};

/** The refusal that the server threw, or undefined when the trailer has none or one of another shape. */
export const readRefusal = (trailer: Metadata | undefined): Refusal | undefined => {
  const bytes = trailer?.get(refusalKey);
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    const { kind, code, detail, errors, retryAfterSeconds, difference } = JSON.parse(
      Buffer.from(bytes).toString(),
    ) as Record<string, unknown>;
    const known = refusalKinds.find((each) => each === kind);
    if (!known || typeof code !== 'string' || typeof detail !== 'string') return undefined;
    return new Refusal(known, code, detail, {
      errors: Array.isArray(errors) ? (errors as FieldError[]) : undefined,
      retryAfterSeconds: typeof retryAfterSeconds === 'number' ? retryAfterSeconds : undefined,
      difference: typeof difference === 'object' && difference !== null ? (difference as Difference) : undefined,
    });
  } catch {
    return undefined;
  }
};

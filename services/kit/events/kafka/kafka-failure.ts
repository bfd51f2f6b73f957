import { type ProtocolError, protocolErrors, ResponseError } from '@platformatic/kafka';
import { Refusal } from '../../values/refusal.ts';

/** Name of an error of the protocol, such as `NOT_COORDINATOR`. */
export type ErrorName = string;

const names = new Map(Object.values(protocolErrors).map(({ code, id }) => [code, id]));

/** Name of an error code of an answer; `NONE` for 0. */
export const errorName = (code: number): ErrorName => (code === 0 ? 'NONE' : (names.get(code) ?? `CODE_${code}`));

/** Names of all errors that an answer reported; empty for anything else that was thrown. */
export const errorNames = (error: unknown): ErrorName[] =>
  error instanceof ResponseError ? error.errors.map((each) => (each as ProtocolError)['apiId'] as string) : [];

/** The answer itself, which says what went well beside what did not. Undefined if there was none. */
export const partialAnswer = <T>(error: unknown): T | undefined =>
  error instanceof ResponseError ? ((error as unknown as { response?: T }).response ?? undefined) : undefined;

/** A refusal that everything above treats as "down": wait and try again. */
export const kafkaUnavailable = (cause: unknown): Refusal =>
  new Refusal('unavailable', 'events.unavailable', 'the event log cannot be reached; try again shortly', {
    retryAfterSeconds: 1,
    cause,
  });

const authorization = /_AUTHORIZATION_FAILED$/;

/** Whether the same request can succeed in a moment: a broker that is away, a leader or coordinator that moved. */
export const isPassingFailure = (error: unknown): boolean => {
  if (error instanceof Refusal) return error.kind === 'unavailable';
  if (error instanceof ResponseError)
    return error.errors.every((each) => {
      const { canRetry, apiId } = each as unknown as { canRetry: boolean; apiId: string };
      return canRetry && !authorization.test(apiId);
    });
  // Whatever else the client throws comes from the connection.
  return String((error as { code?: unknown } | null)?.code ?? '').startsWith('PLT_KFK_');
};

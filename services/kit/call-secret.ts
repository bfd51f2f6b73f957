/** The secret that a caller and a callee have in common: its holder can sign as this caller to this callee, and as nobody else to nobody else. */
import { variableName } from './variable-name.ts';

const START = 'CALL_SECRET_';

/** Variable under which both know it: `order`, `payment` -> `CALL_SECRET_ORDER_TO_PAYMENT`. */
export const callSecretName = (caller: string, callee: string): string =>
  `${START}${variableName(caller)}_TO_${variableName(callee)}`;

/** Whether a key is that of a secret of two services, which belongs to neither of them alone. */
export const isCallSecretName = (key: string): boolean => key.startsWith(START);

/** What is wrong with such a secret, if anything; HMAC-SHA-256 wants a key as long as its hash (RFC 7518, 3.2). */
export const callSecretProblem = (secret: string): string | undefined =>
  Buffer.byteLength(secret) < 32 ? 'is shorter than 32 bytes; generate a longer one' : undefined;

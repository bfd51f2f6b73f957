import type { Caller } from '../../kit/auth/caller.ts';
import type { DoorRequest } from '../../kit/http/doors.ts';

/** What of the caller goes along to the services behind. */
export type Forwarding = {
  readonly authorization?: string;
  readonly sessionId?: string;
  /** Whom limits count. */
  readonly network?: string | undefined;
};

const guestSessionOf = (caller: Caller): string | undefined => {
  if (caller.kind === 'guest') return caller.sessionId;
  return caller.kind === 'customer' ? caller.guestSessionId : undefined;
};

/**
 * Only credentials that were found good are forwarded: a customer's token, and the session of a guest or of the guest that
 * the customer was.
 */
export const forwardingOf = ({
  caller,
  headers,
  network,
}: Pick<DoorRequest<unknown>, 'caller' | 'headers' | 'network'>): Forwarding => {
  const sessionId = guestSessionOf(caller);
  return {
    network,
    ...(caller.kind === 'customer' && headers.authorization !== undefined && { authorization: headers.authorization }),
    ...(sessionId !== undefined && { sessionId }),
  };
};

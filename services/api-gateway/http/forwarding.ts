import type { Caller } from '../../kit/auth/caller.ts';
import type { DoorRequest } from '../../kit/http/doors.ts';

/** What of the caller goes along to the services behind. */
export type Forwarding = {
  readonly authorization?: string;
  readonly sessionId?: string;
  /** Whom limits count. */
  readonly network?: string | undefined;
};

const guestSessionOf = (caller: Caller): string | undefined => (caller.kind === 'guest' ? caller.sessionId : undefined);

/**
 * Only credentials that were found good are forwarded: a customer's token, or the session of a guest. What a customer did as a
 * guest was taken over at log-in; a session that a browser carries since says nothing about its account.
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

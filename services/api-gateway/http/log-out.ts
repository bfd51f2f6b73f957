import type { accountDoors } from '../../contracts/http/accounts/account-doors.ts';
import type { AnyRequest, DoorHandlers } from '../../kit/http/doors.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { UserClient } from '../clients/user-client.ts';

type LogOut = DoorHandlers<typeof accountDoors>['logOut'];

/** Signs out so that it counts here at once, and refuses who names no session at all. */
export const logOutHere =
  (logOut: LogOut, users: UserClient): LogOut =>
  async (request) => {
    const { caller, body } = request;
    if (caller.kind !== 'customer' && body?.refreshToken === undefined)
      throw new Refusal(
        'unauthenticated',
        'token.missing',
        'Send the access token or the refresh token of the session to end.',
      );
    await logOut(request);
    if (caller.kind === 'customer') users.forgetSession(caller);
  };

/** Ends the session of the caller by what it does, so that it counts here at once. */
export const endingSessionHere =
  <Request extends Pick<AnyRequest, 'caller'>, Answer>(
    handle: (request: Request) => Promise<Answer>,
    users: UserClient,
  ): ((request: Request) => Promise<Answer>) =>
  async (request) => {
    const answer = await handle(request);
    if (request.caller.kind === 'customer') users.forgetSession(request.caller);
    return answer;
  };

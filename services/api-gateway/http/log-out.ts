import type { accountDoors } from '../../contracts/http/account-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { UserClient } from '../clients/user-client.ts';

type LogOut = DoorHandlers<typeof accountDoors>['logOut'];
type LogOutEverywhere = DoorHandlers<typeof accountDoors>['logOutEverywhere'];

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

/** Ends every session of the caller; at this process that counts at once for the one that asks. */
export const logOutEverywhereHere =
  (logOutEverywhere: LogOutEverywhere, users: UserClient): LogOutEverywhere =>
  async (request) => {
    await logOutEverywhere(request);
    if (request.caller.kind === 'customer') users.forgetSession(request.caller);
  };

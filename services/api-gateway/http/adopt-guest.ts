import type { OrderServiceDefinition } from '../../contracts/generated/cloudmart/order/v1/order.ts';
import type { accountDoors } from '../../contracts/http/accounts/account-doors.ts';
import type { GrpcClient } from '../../kit/grpc/grpc-client.ts';
import type { AnyRequest, DoorHandlers } from '../../kit/http/doors.ts';
import type { HttpClient } from '../../kit/http/http-client.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import type { createGuestSessions } from './guest-session.ts';

type Handlers = Pick<DoorHandlers<typeof accountDoors>, 'register' | 'logIn' | 'logOut'>;

export type AdoptGuestParts = {
  readonly guests: ReturnType<typeof createGuestSessions>;
  readonly orders: Pick<GrpcClient<typeof OrderServiceDefinition>, 'listOrders'>;
  readonly cart: Pick<HttpClient, 'request'>;
  readonly logger: Logger;
};

/** Milliseconds that signing in waits for cart and orders. */
const deadlineMs = 3_000;

const guestOf = ({ caller }: Pick<AnyRequest, 'caller'>): string | undefined => {
  if (caller.kind === 'guest') return caller.sessionId;
  return caller.kind === 'customer' ? caller.guestSessionId : undefined;
};

/**
 * What a visitor did as a guest goes into his account once, when he signs in, and the session ends then; it ends as well when
 * he signs out, so that the next one at the same browser takes over nothing. While cart or orders are away the session
 * stays, for the next log-in to take over.
 */
export const adoptGuestAtLogIn = (
  http: HttpServer,
  handlers: Handlers,
  { guests, orders, cart, logger }: AdoptGuestParts,
): Handlers => {
  const ended = new WeakSet<object>();
  http.addHook('onSend', async (request, reply) => {
    if (ended.has(request)) guests.end(request, reply);
  });
  const adopt = async (request: Pick<AnyRequest, 'caller'>, accessToken: string): Promise<void> => {
    const sessionId = guestOf(request);
    if (sessionId === undefined) return;
    const authorization = `Bearer ${accessToken}`;
    const outcomes = await Promise.allSettled([
      // Both services take over what the session holds when they see it beside the token of an account.
      cart.request({
        method: 'GET',
        path: '/cart',
        deadlineMs,
        headers: { authorization, 'x-session-id': sessionId },
      }),
      orders.listOrders({ limit: 1 }, { authorization, sessionId, deadlineMs }),
    ]);
    const failed = outcomes.find(({ status }) => status === 'rejected');
    if (failed)
      logger.warn({ error: (failed as PromiseRejectedResult).reason }, 'a guest was not taken over at log-in');
    else ended.add(request);
  };
  return {
    register: async (request) => {
      const tokens = await handlers.register(request);
      await adopt(request, tokens.accessToken);
      return tokens;
    },
    logIn: async (request) => {
      const tokens = await handlers.logIn(request);
      await adopt(request, tokens.accessToken);
      return tokens;
    },
    logOut: async (request) => {
      await handlers.logOut(request);
      ended.add(request);
    },
  };
};

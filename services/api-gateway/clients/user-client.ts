import { LRUCache } from 'lru-cache';
import type { UserServiceDefinition } from '../../contracts/generated/cloudmart/user/v1/user.ts';
import type { Customer } from '../../kit/auth/caller.ts';
import type { GrpcClient } from '../../kit/grpc/grpc-client.ts';

/** How long an answer is believed: the longest time that a log-out elsewhere takes to arrive here. */
const believedMs = 2_000;
/** Sessions that are remembered at most; a forgotten one costs one more call. */
const maxSessions = 20_000;

/** Whether log-in sessions may still act, asked of the user service at most every 2 s for each session. */
export const createUserClient = (users: GrpcClient<typeof UserServiceDefinition>) => {
  const answers = new LRUCache<string, boolean, Customer>({
    max: maxSessions,
    ttl: believedMs,
    // Parallel requests of one session share one question; a failed question is not remembered.
    fetchMethod: async (_key, _stale, { context: { userId, sessionId } }) =>
      (await users.checkSession({ userId, sessionId })).active,
  });
  const keyOf = ({ userId, sessionId }: Customer) => `${userId} ${sessionId}`;
  return {
    /** Refusal `user.unavailable` when nobody can tell. */
    isSessionActive: async (customer: Customer): Promise<boolean> =>
      (await answers.fetch(keyOf(customer), { context: customer })) === true,

    /** Makes the next request ask again. */
    forgetSession: (customer: Customer): void => {
      answers.delete(keyOf(customer));
    },
  };
};

export type UserClient = ReturnType<typeof createUserClient>;

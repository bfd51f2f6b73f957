import type { Cache } from '../../kit/cache/cache.ts';
import { tooManyConversations, tooManyMessages } from '../domain/assistant-refusals.ts';
import type { AssistantEffects } from './assistant-effects.ts';

const daySeconds = 86_400;

/** Counts by customer or guest and day, over all replicas. While the cache is away nobody is refused: the gateway counts by network, too. */
export const createDailyLimits = (
  cache: Pick<Cache, 'increment'>,
  most: { readonly conversations: number; readonly messages: number },
): AssistantEffects['limits'] => {
  const count = async (what: string, owner: string, limit: number, refusal: (most: number) => Error) => {
    if (limit === 0) return;
    if ((await cache.increment(`${what}:${owner}`, daySeconds)) > limit) throw refusal(limit);
  };
  return {
    conversation: (owner) => count('conversations', owner, most.conversations, tooManyConversations),
    message: (owner) => count('messages', owner, most.messages, tooManyMessages),
  };
};

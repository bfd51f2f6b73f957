import { greeting } from '../domain/answer-text.ts';
import type { Channel, Conversation } from '../domain/conversation.ts';
import type { AssistantEffects, Visitor } from './assistant-effects.ts';

/** When a conversation that is used now is forgotten, in epoch seconds. */
export const expiryOf = ({ clock, ttlSeconds }: Pick<AssistantEffects, 'clock' | 'ttlSeconds'>): number =>
  Math.floor(clock.now().getTime() / 1_000) + ttlSeconds;

/** Begins a conversation of the caller's own, at the provider too. */
export const startConversation = async (
  effects: AssistantEffects,
  { owner }: Visitor,
  channel: Channel,
): Promise<{ readonly conversation: Conversation; readonly greeting: string }> => {
  const { conversations, answerers, limits, ids } = effects;
  await limits.conversation(owner);
  const conversation: Conversation = {
    id: ids.next('cnv'),
    channel,
    owner,
    reference: await answerers[channel].begin(owner),
    turns: [],
    expiresAt: expiryOf(effects),
    busyUntil: 0,
  };
  await conversations.create(conversation);
  return { conversation, greeting };
};

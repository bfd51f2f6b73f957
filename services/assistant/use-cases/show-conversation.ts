import { conversationUnknown } from '../domain/assistant-refusals.ts';
import type { Conversation } from '../domain/conversation.ts';
import type { AssistantEffects, Visitor } from './assistant-effects.ts';

/** A conversation of the caller's own. One of somebody else looks like one that never was, and so does one that expired. */
export const showConversation = async (
  { conversations, clock }: Pick<AssistantEffects, 'conversations' | 'clock'>,
  { owner }: Visitor,
  id: string,
): Promise<Conversation> => {
  const conversation = await conversations.find(id);
  // DynamoDB removes what expired within days, not at once.
  const isThere = conversation !== undefined && conversation.expiresAt * 1_000 > clock.now().getTime();
  if (!isThere || conversation.owner !== owner) throw conversationUnknown(id);
  return conversation;
};

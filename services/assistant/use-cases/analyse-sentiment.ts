import { type Felt, feltTogether } from '../domain/sentiment.ts';
import type { AssistantEffects, Visitor } from './assistant-effects.ts';

export type Said = { readonly text: string; readonly sender: string };

/** How each message of a thread feels, and all of them together. */
export const analyseSentiment = async (
  { sentiment, limits }: Pick<AssistantEffects, 'sentiment' | 'limits'>,
  { owner }: Visitor,
  messages: readonly Said[],
): Promise<Felt & { readonly messages: readonly (Felt & { readonly sender: string })[] }> => {
  await limits.message(owner);
  const felt = await sentiment.read(messages.map(({ text }) => text));
  return {
    ...feltTogether(felt),
    messages: felt.map((each, at) => ({ sender: messages[at]?.sender ?? '', ...each })),
  };
};

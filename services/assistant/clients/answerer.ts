import type { Source, Turn } from '../domain/conversation.ts';
import type { ShopReader } from './shop-reader.ts';

/** What a provider counted for one answer. */
export type Usage = { readonly inputTokens: number; readonly outputTokens: number };

/** A part of an answer: words for the reader, something that they rest on, or what the provider counted. */
export type AnswerEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'source'; readonly source: Source }
  | { readonly type: 'tool'; readonly tool: string; readonly outcome: 'answered' | 'refused' }
  | { readonly type: 'usage'; readonly usage: Usage }
  /** What the provider calls the conversation from now on. */
  | { readonly type: 'reference'; readonly reference: string };

export type Asked = {
  readonly message: string;
  /** What was said before, oldest first. */
  readonly turns: readonly Turn[];
  /** The provider's own name of the conversation; null where it keeps none. */
  readonly reference: string | null;
  /** The shop as the caller may see it. */
  readonly shop: ShopReader;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
};

/** Whoever answers. Throws Refusal `assistant.provider-unavailable` or `assistant.provider-refuses-key`; the shop's own refusals pass. */
export type Answerer = {
  readonly provider: 'embedded' | 'openai' | 'bedrock';
  /** Begins a conversation at the provider and returns its name there; null where it keeps none. */
  begin(owner: string): Promise<string | null>;
  answer(asked: Asked): AsyncGenerator<AnswerEvent>;
};

/** What was said between one customer or guest and the assistant. */

/** What an answer rests on. */
export type Source = { readonly kind: 'product' | 'order' | 'policy'; readonly id: string; readonly title: string };

export type Turn = {
  readonly message: string;
  readonly answer: string;
  readonly sources: readonly Source[];
  /** ISO 8601. */
  readonly at: string;
};

/** Which doors a conversation was begun at; it goes on at the same. */
export type Channel = 'answers' | 'agent';

export type Conversation = {
  readonly id: string;
  readonly channel: Channel;
  /** `usr_...` or `ses_...`: who may go on with it, and nobody else. */
  readonly owner: string;
  /** What the provider calls it; null where it keeps none. */
  readonly reference: string | null;
  readonly turns: readonly Turn[];
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** Epoch milliseconds until which a message is being answered; 0: none is. */
  readonly busyUntil: number;
};

/** With the longest messages and answers below the 400 KB of an item of DynamoDB. */
export const mostTurns = 40;
/** Characters of an answer that are kept and sent; more is cut. */
export const longestAnswer = 4_000;

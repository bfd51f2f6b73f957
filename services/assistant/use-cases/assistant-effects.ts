import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import type { Answerer, Usage } from '../clients/answerer.ts';
import type { SentimentReader } from '../clients/sentiment-reader.ts';
import type { Credentials, ShopReader } from '../clients/shop-reader.ts';
import type { Channel } from '../domain/conversation.ts';
import type { ConversationTable } from '../storage/conversation-table.ts';

/** Who asks, and what shows it to the doors behind. */
export type Visitor = Credentials & {
  /** `usr_...` or `ses_...`. */
  readonly owner: string;
};

export type AssistantEffects = {
  readonly conversations: ConversationTable;
  readonly answerers: Readonly<Record<Channel, Answerer>>;
  readonly sentiment: SentimentReader;
  readonly shopOf: (credentials: Credentials) => ShopReader;
  /** Counts one more of today; throws when it is one too many. */
  readonly limits: {
    conversation(owner: string): Promise<void>;
    message(owner: string): Promise<void>;
  };
  readonly figures: {
    /** Called when an answer is there or was refused. */
    answered(provider: string, outcome: 'answered' | 'refused' | 'abandoned', seconds: number): void;
    used(provider: string, usage: Usage): void;
    tool(tool: string, outcome: 'answered' | 'refused'): void;
  };
  readonly clock: Clock;
  readonly ids: Ids;
  readonly ttlSeconds: number;
};

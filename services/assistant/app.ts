import { assistantDoors } from '../contracts/http/assistant-doors.ts';
import type { ServiceContext } from '../kit/context.ts';
import { createTableClient } from '../kit/functions/table-client.ts';
import { addDoors } from '../kit/http/doors.ts';
import { createHttpClient } from '../kit/http/http-client.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { openCallees } from '../kit/start/open-callees.ts';
import { openOwnCache } from '../kit/start/open-own-cache.ts';
import type { RunningService } from '../kit/start/running-service.ts';
import { openProviders } from './clients/open-providers.ts';
import { createShopReaders } from './clients/shop-reader.ts';
import type { AssistantConfig } from './config.ts';
import { assistantHandlers } from './http/assistant-handlers.ts';
import { createConversationTable } from './storage/conversation-table.ts';
import { analyseSentiment } from './use-cases/analyse-sentiment.ts';
import { answerMessage } from './use-cases/answer-message.ts';
import type { AssistantEffects } from './use-cases/assistant-effects.ts';
import { assistantFigures } from './use-cases/assistant-figures.ts';
import { createDailyLimits } from './use-cases/daily-limits.ts';

/** Milliseconds for one look at the catalogue or at orders. */
const shopDeadlineMs = 3_000;
/** Somebody waits for the answer, so a table that is away is given up soon. */
const tableTries = 3;

export type AssistantParts = {
  /** Given by tests; default the client of the SDK's own environment. */
  readonly tableClient?: ReturnType<typeof createTableClient>;
  /** Given by tests; default the region and the role of the process. */
  readonly bedrock?: Parameters<typeof openProviders>[1];
};

/** Wires the assistant: what main.ts runs and what the tests run. */
export const assistantApp = async (
  context: ServiceContext<AssistantConfig>,
  parts: AssistantParts = {},
): Promise<RunningService> => {
  const { config, metrics, health, clock, ids, functions, stopping } = context;
  const { own } = config;
  const cache = openOwnCache(context);
  const tableClient = parts.tableClient ?? createTableClient(tableTries);
  const conversations = createConversationTable({ table: config.tables['conversations'] ?? '', client: tableClient });
  health.add('conversations', { critical: false, check: () => conversations.check() });

  const callees = openCallees(context);
  const products = createHttpClient(callees.http('product', shopDeadlineMs));
  const orders = createHttpClient(callees.http('order', shopDeadlineMs));
  const providers = await openProviders(context, parts.bedrock);

  const effects: AssistantEffects = {
    conversations,
    answerers: providers.answerers,
    sentiment: providers.sentiment,
    shopOf: createShopReaders({ products, orders }),
    limits: createDailyLimits(cache, { conversations: own.CONVERSATIONS_PER_DAY, messages: own.MESSAGES_PER_DAY }),
    figures: assistantFigures(metrics, {
      openai: own.OPENAI_DOLLARS_PER_MILLION,
      bedrock: own.BEDROCK_DOLLARS_PER_MILLION,
    }),
    clock,
    ids,
    ttlSeconds: own.CONVERSATION_TTL_HOURS * 3_600,
  };
  functions.register({ answerMessage, analyseSentiment });
  const http = await createHttpServer({ context, cache });
  addDoors(http, assistantDoors, assistantHandlers(effects), { stopping });

  return {
    http,
    resources: [
      { name: 'product', close: () => products.close() },
      { name: 'order', close: () => orders.close() },
      { name: 'breakers', close: () => callees.close() },
      ...providers.resources,
      { name: 'cache', close: () => cache.close() },
      { name: 'conversations', close: async () => tableClient.destroy() },
    ],
  };
};

/** Who answers and who reads sentiments, as the configuration names them. */
import { type Breaker, createBreaker } from '../../kit/calls/breaker.ts';
import type { ServiceContext } from '../../kit/context.ts';
import type { RunningService } from '../../kit/start/running-service.ts';
import type { AssistantConfig } from '../config.ts';
import type { Channel } from '../domain/conversation.ts';
import type { Answerer } from './answerer.ts';
import type { BedrockParts } from './bedrock-answerer.ts';
import { createEmbeddedAnswerer } from './embedded-answerer.ts';
import { createEmbeddedSentiment } from './embedded-sentiment.ts';
import type { SentimentReader } from './sentiment-reader.ts';

type Resources = NonNullable<RunningService['resources']>;
type Context = ServiceContext<AssistantConfig>;

export type OpenedProviders = {
  readonly answerers: Readonly<Record<Channel, Answerer>>;
  readonly sentiment: SentimentReader;
  readonly resources: Resources;
};

/** The schema and the manifest have asked for it, so that it is there where its provider is in use. */
const needed = <Value>(value: Value | undefined, key: string): Value => {
  if (value === undefined) throw new Error(`${key}: is missing`);
  return value;
};

/** A breaker of a provider; it is closed with the others, and its state is no reason to take the process out. */
const breakerOf = ({ health, metrics, logger, config }: Context, name: string): Breaker => {
  // An answer may begin late; the client's own deadline is the shorter one.
  const breaker = createBreaker({
    name,
    health,
    metrics,
    logger,
    timeoutMs: config.own.PROVIDER_TIMEOUT_MS * 2 + 1_000,
  });
  health.add(name, {
    critical: false,
    check: async () => {
      if (breaker.state === 'open') throw new Error('the breaker is open');
    },
  });
  return breaker;
};

/** Opens them; the clients of providers are loaded where they are in use, and nowhere else. `given` by tests: where Bedrock is. */
export const openProviders = async (
  context: Context,
  given: Pick<BedrockParts, 'client'> = {},
): Promise<OpenedProviders> => {
  const { own } = context.config;
  const timeoutMs = own.PROVIDER_TIMEOUT_MS;
  const resources: Resources[number][] = [];
  const guard = (name: string) => {
    const breaker = breakerOf(context, name);
    resources.push({ name: `breaker of ${name}`, close: () => breaker.close() });
    return breaker;
  };
  const openAnswers = async (): Promise<Answerer> => {
    if (own.ANSWER_PROVIDER === 'embedded') return createEmbeddedAnswerer();
    const { createOpenAiAnswerer } = await import('./openai-answerer.ts');
    return createOpenAiAnswerer({
      apiKey: needed(own.OPENAI_API_KEY, 'OPENAI_API_KEY'),
      apiUrl: own.OPENAI_API_URL,
      promptId: needed(own.OPENAI_PROMPT_ID, 'OPENAI_PROMPT_ID'),
      timeoutMs,
      breaker: guard('openai'),
    });
  };
  const openAgent = async (): Promise<Answerer> => {
    if (own.AGENT_PROVIDER === 'embedded') return createEmbeddedAnswerer();
    const { createBedrockAnswerer } = await import('./bedrock-answerer.ts');
    const { answerer, close } = createBedrockAnswerer({
      agentId: needed(own.BEDROCK_AGENT_ID, 'BEDROCK_AGENT_ID'),
      agentAliasId: needed(own.BEDROCK_AGENT_ALIAS_ID, 'BEDROCK_AGENT_ALIAS_ID'),
      timeoutMs,
      breaker: guard('bedrock'),
      ...given,
    });
    resources.push({ name: 'bedrock', close });
    return answerer;
  };
  const openSentiment = async (): Promise<SentimentReader> => {
    if (own.SENTIMENT_PROVIDER === 'embedded') return createEmbeddedSentiment();
    const { createAzureSentiment } = await import('./azure-sentiment.ts');
    return createAzureSentiment({
      endpoint: needed(own.AZURE_LANGUAGE_ENDPOINT, 'AZURE_LANGUAGE_ENDPOINT'),
      key: needed(own.AZURE_LANGUAGE_KEY, 'AZURE_LANGUAGE_KEY'),
      timeoutMs,
      breaker: guard('azure'),
    });
  };
  return {
    answerers: { answers: await openAnswers(), agent: await openAgent() },
    sentiment: await openSentiment(),
    resources,
  };
};

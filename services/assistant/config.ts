import * as z from 'zod';

const perDay = z.coerce.number().int().min(0).max(1_000_000);

const price = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,4})?\/\d{1,4}(\.\d{1,4})?$/, 'must be two prices such as "1.25/10"')
  .transform((text) => {
    const [input = 0, output = 0] = text.split('/').map(Number);
    return { input, output };
  });

/** Ids of agents and aliases are ten letters and digits; AWS's own test alias is one of them. */
const bedrockId = z.string().regex(/^[0-9a-zA-Z]{10}$/, 'must be ten letters and digits');

/** What each provider needs beside its secret, which the manifest asks for. */
const needs = [
  ['ANSWER_PROVIDER', 'openai', ['OPENAI_PROMPT_ID']],
  ['AGENT_PROVIDER', 'bedrock', ['BEDROCK_AGENT_ID', 'BEDROCK_AGENT_ALIAS_ID']],
  ['SENTIMENT_PROVIDER', 'azure', ['AZURE_LANGUAGE_ENDPOINT']],
] as const;

/** The keys that manifest.ts declares under `configuration`. */
export const assistantConfig = z
  .object({
    CONVERSATION_TTL_HOURS: z.coerce.number().int().min(1).max(8_760),
    CONVERSATIONS_PER_DAY: perDay,
    MESSAGES_PER_DAY: perDay,
    ANSWER_PROVIDER: z.enum(['embedded', 'openai'], { error: 'must be "embedded" or "openai"' }),
    OPENAI_API_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
    OPENAI_API_KEY: z
      .string()
      .regex(/^sk-[\w-]{20,}$/, 'must be a key of OpenAI: sk-...')
      .optional(),
    OPENAI_PROMPT_ID: z
      .string()
      .regex(/^pmpt_\w{8,}$/, 'must be the id of a prompt: pmpt_...')
      .optional(),
    OPENAI_ASSISTANT_ID: z
      .undefined({
        error: 'names an assistant, which OpenAI answers no more; set OPENAI_PROMPT_ID to its prompt instead',
      })
      .optional(),
    OPENAI_DOLLARS_PER_MILLION: price,
    AGENT_PROVIDER: z.enum(['embedded', 'bedrock'], { error: 'must be "embedded" or "bedrock"' }),
    BEDROCK_AGENT_ID: bedrockId.optional(),
    BEDROCK_AGENT_ALIAS_ID: bedrockId.optional(),
    BEDROCK_DOLLARS_PER_MILLION: price,
    SENTIMENT_PROVIDER: z.enum(['embedded', 'azure'], { error: 'must be "embedded" or "azure"' }),
    AZURE_LANGUAGE_ENDPOINT: z
      .url({ protocol: /^https?$/, error: 'must be the https address of a language resource' })
      .optional(),
    AZURE_LANGUAGE_KEY: z
      .string()
      .regex(/^[0-9A-Za-z]{32,100}$/, 'must be a key of Azure: at least 32 letters and digits')
      .optional(),
    PROVIDER_TIMEOUT_MS: z.coerce.number().int().min(100).max(30_000),
  })
  .check(({ value, issues }) => {
    for (const [provider, name, keys] of needs)
      for (const key of keys)
        if (value[provider] === name && value[key] === undefined)
          issues.push({
            code: 'custom',
            path: [key],
            message: `is needed with ${provider} "${name}"`,
            input: value[key],
          });
  });

export type AssistantConfig = z.output<typeof assistantConfig>;

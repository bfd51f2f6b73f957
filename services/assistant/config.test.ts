import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../kit/config/config.ts';
import { assistantConfig } from './config.ts';
import { manifest } from './manifest.ts';

/** What the platform gives every process of the assistant. */
const given = {
  HTTP_PORT: '5000',
  CACHE_URL: 'memory:',
  TABLE_CONVERSATIONS: 'conversations',
  USER_URL: 'http://user',
  PRODUCT_URL: 'http://product',
  ORDER_URL: 'http://order',
};
const read = (values: Readonly<Record<string, string>>) =>
  readConfig(manifest, assistantConfig, { ...given, ...values });

const openAi = {
  ANSWER_PROVIDER: 'openai',
  OPENAI_API_KEY: 'sk-proj-abcdefghij0123456789',
  OPENAI_PROMPT_ID: 'pmpt_0123456789abcdef',
};
const bedrock = { AGENT_PROVIDER: 'bedrock', BEDROCK_AGENT_ID: 'AGENT12345', BEDROCK_AGENT_ALIAS_ID: 'TSTALIASID' };
const azure = {
  SENTIMENT_PROVIDER: 'azure',
  AZURE_LANGUAGE_ENDPOINT: 'https://shop.cognitiveservices.azure.com',
  AZURE_LANGUAGE_KEY: '0123456789abcdef0123456789abcdef',
};

test('without any key the assistant answers by itself', async () => {
  const { own } = await read({});
  expect([own.ANSWER_PROVIDER, own.AGENT_PROVIDER, own.SENTIMENT_PROVIDER]).toEqual([
    'embedded',
    'embedded',
    'embedded',
  ]);
});

test('each provider is taken with all that it needs', async () => {
  const { own } = await read({ ...openAi, ...bedrock, ...azure });
  expect(own).toMatchObject({ ...openAi, ...bedrock, ...azure });
});

describe('what cannot be used is refused by its name:', () => {
  test.each<[what: string, values: Record<string, string>, sentence: RegExp]>([
    ['a placeholder', { OPENAI_ASSISTANT_ID: '<your-openai-assistant-id>' }, /OPENAI_ASSISTANT_ID: is a placeholder/],
    ['an assistant', { OPENAI_ASSISTANT_ID: 'asst_abc123' }, /OPENAI_ASSISTANT_ID: .*set OPENAI_PROMPT_ID/],
    ['an empty assistant', { OPENAI_ASSISTANT_ID: '' }, /OPENAI_ASSISTANT_ID: is malformed/],
    ['no prompt', { ...openAi, OPENAI_PROMPT_ID: '' }, /OPENAI_PROMPT_ID: is malformed/],
    [
      'a prompt of something else',
      { ...openAi, OPENAI_PROMPT_ID: 'asst_0123456789' },
      /OPENAI_PROMPT_ID: is malformed/,
    ],
    ['a placeholder of a key', { ...openAi, OPENAI_API_KEY: 'sk-xxxxxxxx' }, /OPENAI_API_KEY: is a placeholder/],
    ['an empty key', { ...openAi, OPENAI_API_KEY: '' }, /OPENAI_API_KEY: is missing/],
    ['a malformed key', { ...openAi, OPENAI_API_KEY: 'abcdef' }, /OPENAI_API_KEY: is malformed/],
    [
      'no agent',
      { AGENT_PROVIDER: 'bedrock', BEDROCK_AGENT_ALIAS_ID: 'TSTALIASID' },
      /BEDROCK_AGENT_ID: .*needed|BEDROCK_AGENT_ID: is missing/,
    ],
    [
      'a placeholder of an agent',
      { ...bedrock, BEDROCK_AGENT_ID: '<your-agent-id>' },
      /BEDROCK_AGENT_ID: is a placeholder/,
    ],
    ['the name of an agent', { ...bedrock, BEDROCK_AGENT_ID: 'my agent' }, /BEDROCK_AGENT_ID: is malformed/],
    [
      'an endpoint that is none',
      { ...azure, AZURE_LANGUAGE_ENDPOINT: 'shop' },
      /AZURE_LANGUAGE_ENDPOINT: is malformed/,
    ],
    ['a key of Azure that is too short', { ...azure, AZURE_LANGUAGE_KEY: 'abc' }, /AZURE_LANGUAGE_KEY: is malformed/],
    ['a provider that nobody knows', { ANSWER_PROVIDER: 'oracle' }, /ANSWER_PROVIDER: is malformed/],
  ])('%s', async (_what, values, sentence) => {
    await expect(read(values)).rejects.toThrow(sentence);
  });
});

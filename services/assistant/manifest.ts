import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'assistant',
  kind: 'web',
  summary: "Answers questions about products and the caller's own orders, and reads how customers feel.",
  ports: { http: 5000 },
  owns: { tables: { conversations: { partitionKey: 'conversationId', expiresAt: 'expiresAt' } } },
  publishes: {},
  consumes: {},
  calls: ['user', 'product', 'order'],
  reaches: ['openai', 'bedrock', 'azure-language'],
  cache: true,
  criticalFunctions: [
    { file: 'use-cases/answer-message.ts', name: 'answerMessage' },
    { file: 'use-cases/analyse-sentiment.ts', name: 'analyseSentiment' },
  ],
  configuration: {
    CONVERSATION_TTL_HOURS: {
      description: 'Hours without a message after which a conversation is forgotten.',
      kind: 'plain',
      default: '72',
    },
    CONVERSATIONS_PER_DAY: {
      description: 'Conversations that one customer or guest may begin within a day; 0 means any number.',
      kind: 'plain',
      default: '30',
    },
    MESSAGES_PER_DAY: {
      description: 'Messages and threads that one customer or guest may send within a day; 0 means any number.',
      kind: 'plain',
      default: '200',
    },
    ANSWER_PROVIDER: {
      description: 'Who answers at /api/ai/message: "embedded", which needs no account, or "openai".',
      kind: 'plain',
      default: 'embedded',
    },
    OPENAI_API_URL: {
      description: 'Base URL of the API of OpenAI; another one only in tests.',
      kind: 'plain',
      default: 'https://api.openai.com/v1',
      standIns: ['http:'],
    },
    OPENAI_API_KEY: {
      description: 'Key of a project at OpenAI that may create conversations and responses, and list models.',
      kind: 'secret',
      issuedBy: { issuer: 'OpenAI', when: { key: 'ANSWER_PROVIDER', is: 'openai' } },
    },
    OPENAI_PROMPT_ID: {
      description: 'Id of the prompt at OpenAI that answers, pmpt_...; needed with ANSWER_PROVIDER openai.',
      kind: 'plain',
    },
    OPENAI_ASSISTANT_ID: {
      description:
        'Not used: the Assistants API ended on 2026-08-26. Make a prompt of the assistant and set OPENAI_PROMPT_ID.',
      kind: 'plain',
    },
    OPENAI_DOLLARS_PER_MILLION: {
      description:
        'Dollars that a million input tokens and a million output tokens cost, as in "1.25/10"; for the metric of costs.',
      kind: 'plain',
      default: '0/0',
    },
    AGENT_PROVIDER: {
      description: 'Who answers at /api/ai/bedrock/message: "embedded", which needs no account, or "bedrock".',
      kind: 'plain',
      default: 'embedded',
    },
    BEDROCK_AGENT_ID: {
      description: 'Id of the agent on Bedrock, ten letters and digits; needed with AGENT_PROVIDER bedrock.',
      kind: 'plain',
    },
    BEDROCK_AGENT_ALIAS_ID: {
      description: 'Id of the alias of the agent, ten letters and digits; needed with AGENT_PROVIDER bedrock.',
      kind: 'plain',
    },
    BEDROCK_DOLLARS_PER_MILLION: {
      description:
        'Dollars that a million input tokens and a million output tokens cost, as in "0.8/4"; for the metric of costs.',
      kind: 'plain',
      default: '0/0',
    },
    SENTIMENT_PROVIDER: {
      description: 'Who reads sentiments: "embedded", a model in the process, or "azure".',
      kind: 'plain',
      default: 'embedded',
    },
    AZURE_LANGUAGE_ENDPOINT: {
      description: 'Endpoint of the language resource at Azure, https://...; needed with SENTIMENT_PROVIDER azure.',
      kind: 'plain',
      standIns: ['http:'],
    },
    AZURE_LANGUAGE_KEY: {
      description: 'One of the two keys of the language resource at Azure.',
      kind: 'secret',
      issuedBy: { issuer: 'Azure', when: { key: 'SENTIMENT_PROVIDER', is: 'azure' } },
    },
    PROVIDER_TIMEOUT_MS: {
      description: 'Milliseconds to wait for one answer of a provider, its tools not counted.',
      kind: 'plain',
      default: '15000',
    },
  },
  scaling: { min: 2, max: 6, cpuPercent: 65 },
  size: { cpuMillis: 100, memoryMiB: 256 },
});

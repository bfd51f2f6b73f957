/** The assistant: questions about products and the caller's own orders. Its paths are given, and stand at the root. */
import { z } from 'zod';
import {
  answerPart,
  conversationAnswer,
  conversationIdSchema,
  historyAnswer,
  messageAnswer,
  messageBody,
  sentimentAnswer,
  sentimentBody,
  startConversationBody,
} from './assistant-api.ts';
import type { Doors } from './door.ts';

const own = { access: 'customer-or-guest', tags: ['assistant'], limit: 'assistant' } as const;

/** An answer may take several calls of a model; less than the minute after which load balancers hang up. */
const deadlineMs = 40_000;

const start = {
  ...own,
  method: 'POST',
  newGuest: 'goes-on',
  body: startConversationBody,
  answers: { 201: conversationAnswer },
  deadlineMs: 20_000,
  errors: ['conversation.too-many', 'assistant.provider-unavailable', 'assistant.provider-refuses-key'],
} as const;

const message = { ...own, method: 'POST', body: messageBody } as const;
/** What a message may be refused with. */
const errors = [
  'conversation.unknown',
  'conversation.busy',
  'conversation.full',
  'conversation.too-many-messages',
  'assistant.provider-unavailable',
  'assistant.provider-refuses-key',
] as const;
const answered = { ...message, answers: { 200: messageAnswer }, deadlineMs, errors } as const;
const told = {
  ...message,
  answers: {},
  events: {
    name: 'answer',
    data: answerPart,
    isLast: ({ whole }: z.output<typeof answerPart>) => whole !== null,
  },
  errors,
} as const;

const about =
  'The assistant sees products, the rules of the shop, and the orders that the caller could read himself: a guest those of the session, a customer those of the account.';
const streamed = 'Server-sent events: each has a part of the answer as data, the last one the whole answer, too.';

export const assistantDoors = {
  start: { ...start, path: '/api/ai/start', summary: 'Begin a conversation', description: about },
  message: { ...answered, path: '/api/ai/message', summary: 'Ask and wait for the whole answer' },
  stream: { ...told, path: '/api/ai/message/stream', summary: 'Ask and read as it is written', description: streamed },
  startAgent: {
    ...start,
    path: '/api/ai/bedrock/start',
    summary: 'Begin a conversation with the agent on Bedrock',
    description: `${about} Where no agent is configured, the shop answers by itself.`,
  },
  messageAgent: {
    ...answered,
    path: '/api/ai/bedrock/message',
    summary: 'Ask the agent and wait for the whole answer',
  },
  streamAgent: {
    ...told,
    path: '/api/ai/bedrock/message/stream',
    summary: 'Ask the agent and read as it is written',
    description: streamed,
  },
  history: {
    ...own,
    method: 'GET',
    path: '/api/ai/conversations/:id',
    summary: 'What was said in a conversation',
    params: z.strictObject({ id: conversationIdSchema }),
    answers: { 200: historyAnswer },
    errors: ['conversation.unknown'],
  },
  sentiment: {
    ...own,
    method: 'POST',
    newGuest: 'goes-on',
    path: '/api/ai/analyze-sentiment',
    summary: 'How those who wrote a thread feel',
    body: sentimentBody,
    answers: { 200: sentimentAnswer },
    errors: ['conversation.too-many-messages', 'assistant.provider-unavailable', 'assistant.provider-refuses-key'],
  },
} as const satisfies Doors;

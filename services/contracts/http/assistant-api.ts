/** What is said to the assistant, what it answers, and how people feel about it. */
import { z } from 'zod';
import { exampleId, exampleTime, idSchema, timestampSchema } from './values.ts';

/** Text of several lines, trimmed and never empty; no U+0000 and no half of a surrogate pair. */
const saidSchema = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'must not contain U+0000 or half a surrogate pair');

export const conversationIdSchema = idSchema('cnv');

/** What an answer rests on: a product, an order of the caller's own, or a page of the shop's rules. */
const sourceSchema = z.strictObject({
  kind: z.enum(['product', 'order', 'policy']),
  /** `prd_...`, `ord_...`, or the name of the rules, such as `returns`. */
  id: z.string(),
  title: z.string(),
});

const exampleSource = { kind: 'product', id: exampleId('prd'), title: 'First Love, Last Rites' };
const exampleText = 'First Love, Last Rites costs $12.99; 40 are in stock.';
const exampleConversation = exampleId('cnv');

export const startConversationBody = z.strictObject({}).nullish().meta({ example: {} });

export const conversationAnswer = z
  .strictObject({
    conversationId: conversationIdSchema,
    greeting: z.string(),
    /** When it is forgotten; each message puts it off. */
    expiresAt: timestampSchema,
  })
  .meta({
    example: {
      conversationId: exampleConversation,
      greeting: 'Hello! Ask me about our products and your orders.',
      expiresAt: exampleTime,
    },
  });

export const longestMessage = 1_000;

export const messageBody = z
  .strictObject({ conversationId: conversationIdSchema, message: saidSchema(longestMessage) })
  .meta({ example: { conversationId: exampleConversation, message: 'How much is First Love, Last Rites?' } });

export const messageAnswer = z
  .strictObject({
    conversationId: conversationIdSchema,
    /** Plain text, never markup: show it as text. */
    answer: z.string(),
    sources: z.array(sourceSchema).readonly(),
    expiresAt: timestampSchema,
  })
  .meta({
    example: {
      conversationId: exampleConversation,
      answer: exampleText,
      sources: [exampleSource],
      expiresAt: exampleTime,
    },
  });

/** A part of an answer as it is written; the last one, and it alone, has the whole. */
export const answerPart = z
  .strictObject({ text: z.string(), whole: messageAnswer.nullable() })
  .meta({ example: { text: 'First Love, Last Rites ', whole: null } });

export const historyAnswer = z
  .strictObject({
    conversationId: conversationIdSchema,
    turns: z.array(
      z.strictObject({
        message: z.string(),
        answer: z.string(),
        sources: z.array(sourceSchema).readonly(),
        at: timestampSchema,
      }),
    ),
    expiresAt: timestampSchema,
  })
  .meta({
    example: {
      conversationId: exampleConversation,
      turns: [
        {
          message: 'How much is First Love, Last Rites?',
          answer: exampleText,
          sources: [exampleSource],
          at: exampleTime,
        },
      ],
      expiresAt: exampleTime,
    },
  });

export const sentimentBody = z
  .strictObject({
    thread: z.strictObject({
      messages: z
        .array(z.strictObject({ text: saidSchema(longestMessage), sender: saidSchema(80) }))
        .min(1)
        .max(10),
    }),
  })
  .meta({ example: { thread: { messages: [{ text: 'Thank you, it arrived early!', sender: 'customer' }] } } });

/** Shares of a text from 0 to 1, which add up to 1. */
const scoresSchema = z.strictObject({ positive: z.number(), neutral: z.number(), negative: z.number() });

const sentiments = ['positive', 'neutral', 'negative', 'mixed'] as const;
const feltSchema = { sentiment: z.enum(sentiments), scores: scoresSchema };
const exampleFelt = { sentiment: 'positive', scores: { positive: 0.8, neutral: 0.2, negative: 0 } };

export const sentimentAnswer = z
  .strictObject({
    /** Of all messages together; `mixed` where some are positive and others negative. */
    ...feltSchema,
    /** Of each message, in the order given. */
    messages: z.array(z.strictObject({ sender: z.string(), ...feltSchema })).readonly(),
  })
  .meta({ example: { ...exampleFelt, messages: [{ sender: 'customer', ...exampleFelt }] } });

export type Source = z.output<typeof sourceSchema>;
export type Scores = z.output<typeof scoresSchema>;
export type Felt = { readonly sentiment: (typeof sentiments)[number]; readonly scores: Scores };
export type AnswerPart = z.output<typeof answerPart>;

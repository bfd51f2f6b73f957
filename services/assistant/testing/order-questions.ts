/** Questions of a customer who bought twice; what stands in braces is filled in from the orders. */
import type { FactQuestion } from './evaluation.ts';

export const orderQuestions: readonly FactQuestion[] = [
  { ask: 'Where is my order?', facts: ['{newest}', 'status: {newestStatus}'] },
  { ask: 'What is the status of my last order?', facts: ['status: {newestStatus}'] },
  { ask: 'What did I order?', facts: ['{newestTitle}', '{oldestTitle}'] },
  { ask: 'How much did I pay for my last order?', facts: ['{newestTotal}'] },
  { ask: 'Show me my orders', facts: ['{newest}', '{oldest}'] },
  { ask: 'List all my orders please', facts: ['{newest}', '{oldest}'] },
  { ask: 'What is in order {oldest}?', facts: ['{oldestTitle}', '{oldestTotal}'] },
  { ask: 'Status of {newest}', facts: ['status: {newestStatus}'] },
  { ask: 'Has my parcel been shipped?', facts: ['status: {newestStatus}'] },
  { ask: 'What is my order number?', facts: ['{newest}'] },
  { ask: 'Did I buy anything here?', facts: ['{newest}', '{newestTitle}'] },
  { ask: 'how much was I charged', facts: ['{newestTotal}'] },
  { ask: 'What is the total of {newest}?', facts: ['{newestTotal}'] },
  { ask: 'Where do you deliver my order to?', facts: ['Springfield'] },
  { ask: 'Which films have I bought?', facts: ['{newestTitle}'] },
  { ask: 'Has my order {oldest} been refunded?', facts: ['status: {oldestStatus}'] },
  { ask: 'my order history', facts: ['{newest}', '{oldest}'] },
  { ask: 'Tell me about my most recent purchase', facts: ['{newestTitle}'] },
  { ask: 'Track my package', facts: ['status: {newestStatus}'] },
  { ask: 'What did I buy in {newest} and {oldest}?', facts: ['{newestTitle}', '{oldestTitle}'] },
];

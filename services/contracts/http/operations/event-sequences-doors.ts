import type { Doors } from '../door.ts';
import {
  checkSequencesAnswer,
  checkSequencesBody,
  repairSequencesAnswer,
  repairSequencesBody,
  tailAnswer,
  tailQuery,
} from './event-sequences-api.ts';

const tags = ['operations'] as const;

export const eventSequencesDoors = {
  tailEvents: {
    access: 'staff',
    tags,
    method: 'GET',
    path: '/operations/events',
    summary: 'The newest events of a topic',
    description: 'In the order of their time, as they were published; `next` goes on behind them.',
    query: tailQuery,
    answers: { 200: tailAnswer },
    errors: ['topic.unknown'],
  },
  checkSequences: {
    access: 'staff',
    tags,
    method: 'POST',
    path: '/operations/event-sequences/check',
    summary: 'Whether the ledger has the events of orders, each once and unchanged',
    description:
      'Compares some orders with their entries of the ledger, and changes nothing; `next` goes on behind them.',
    body: checkSequencesBody,
    answers: { 200: checkSequencesAnswer },
  },
  repairSequences: {
    access: 'admin',
    tags,
    method: 'POST',
    path: '/operations/event-sequences/repair',
    summary: 'Publish again what the ledger lacks',
    description:
      'Looks once more, and publishes what is missing with its own id from the topic, or from the outbox of the orders: consumers that handled it drop it.',
    body: repairSequencesBody,
    answers: { 200: repairSequencesAnswer },
  },
} as const satisfies Doors;

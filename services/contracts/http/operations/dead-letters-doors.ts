import { z } from 'zod';
import type { Doors } from '../door.ts';
import {
  deadLetterAnswer,
  deadLetterIdSchema,
  deadLetterPage,
  listDeadLettersQuery,
  replayAnswer,
  replayBody,
  reviewAnswer,
  reviewBody,
} from './dead-letters-api.ts';

const staff = { access: 'staff', tags: ['operations'] } as const;
const params = z.strictObject({ id: deadLetterIdSchema });

export const deadLettersDoors = {
  deadLetters: {
    ...staff,
    method: 'GET',
    path: '/operations/dead-letters',
    summary: 'Dead letters, newest first',
    description:
      'Records that a consumer could not handle after all its tries, of every topic, with what was decided about each.',
    query: listDeadLettersQuery,
    answers: { 200: deadLetterPage },
    errors: ['cursor.malformed', 'topic.unknown'],
  },
  deadLetter: {
    ...staff,
    method: 'GET',
    path: '/operations/dead-letters/:id',
    summary: 'One dead letter, with its record',
    params,
    answers: { 200: deadLetterAnswer },
    errors: ['dead-letter.unknown'],
  },
  replayDeadLetters: {
    ...staff,
    method: 'POST',
    path: '/operations/dead-letters/replay',
    summary: 'Publish dead letters again',
    description:
      'With the key and the event id that they had, oldest first, at most 100 a request: consumers that handled them drop them. Those that died again after three replays have to be reviewed first.',
    body: replayBody,
    answers: { 200: replayAnswer },
    errors: ['topic.unknown'],
  },
  reviewDeadLetter: {
    ...staff,
    method: 'POST',
    path: '/operations/dead-letters/:id/review',
    summary: 'Decide about a dead letter',
    params,
    body: reviewBody,
    answers: { 200: reviewAnswer },
    errors: ['dead-letter.unknown', 'dead-letter.decided'],
  },
} as const satisfies Doors;

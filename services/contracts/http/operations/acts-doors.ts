import type { Doors } from '../door.ts';
import { actPage, listActsQuery } from './acts-api.ts';

export const actsDoors = {
  acts: {
    access: 'staff',
    tags: ['operations'],
    method: 'GET',
    path: '/operations/acts',
    summary: 'The audit trail, newest first',
    description: 'Every act of staff that changed something: who, when, what, why, and what came of it.',
    query: listActsQuery,
    answers: { 200: actPage },
    errors: ['cursor.malformed'],
  },
} as const satisfies Doors;

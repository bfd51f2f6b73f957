import { z } from 'zod';
import type { Doors } from '../door.ts';
import { minutesAnswer, minutesQuery, viewAnswer, viewNameSchema } from './analytics-api.ts';

const staff = { access: 'staff', tags: ['operations'] } as const;

export const analyticsDoors = {
  minuteFigures: {
    ...staff,
    method: 'GET',
    path: '/operations/analytics/minutes',
    summary: 'Orders, revenue, customers and average value of each minute',
    description: 'As the stream job computed them: a minute is here once it closed, some seconds after its end.',
    query: minutesQuery,
    answers: { 200: minutesAnswer },
  },
  warehouseView: {
    ...staff,
    method: 'GET',
    path: '/operations/analytics/views/:view',
    summary: 'The answer of the warehouse to a ready-made question',
    description: 'Asked at most once a minute, however many look; of a long answer the last rows.',
    params: z.strictObject({ view: viewNameSchema }),
    answers: { 200: viewAnswer },
    errors: ['warehouse.unavailable'],
    // A warehouse reads all orders for some of these.
    deadlineMs: 35_000,
  },
} as const satisfies Doors;

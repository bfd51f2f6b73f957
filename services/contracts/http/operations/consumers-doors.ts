import { z } from 'zod';
import type { Doors } from '../door.ts';
import { consumersAnswer, groupSchema, resetOffsetsAnswer, resetOffsetsBody } from './consumers-api.ts';

export const consumersDoors = {
  consumers: {
    access: 'staff',
    tags: ['operations'],
    method: 'GET',
    path: '/operations/consumers',
    summary: 'How far each consumer is',
    description:
      'Every consumer that a manifest declares, and every other group of the log: per partition what it has not handled, since when, and who holds it.',
    answers: { 200: consumersAnswer },
  },
  resetOffsets: {
    access: 'admin',
    tags: ['operations'],
    method: 'POST',
    path: '/operations/consumers/:group/offsets',
    summary: 'Move a consumer that stands still',
    description:
      'A dry run answers with a plan; only such a plan is executed, and only while the group has no members and is where the plan says.',
    params: z.strictObject({ group: groupSchema }),
    body: resetOffsetsBody,
    answers: { 200: resetOffsetsAnswer },
    errors: ['group.unknown', 'group.active', 'topic.unknown', 'offset.outside', 'plan.changed'],
  },
} as const satisfies Doors;

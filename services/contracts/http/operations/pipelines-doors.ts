import type { Doors } from '../door.ts';
import { pipelinesAnswer } from './pipelines-api.ts';

export const pipelinesDoors = {
  pipelines: {
    access: 'staff',
    tags: ['operations'],
    method: 'GET',
    path: '/operations/pipelines',
    summary: 'How each pipeline of events is',
    description:
      'Every consumer, function and stream job that the manifests declare: whether somebody reads, what waits, since when, when something came last, and dead letters.',
    answers: { 200: pipelinesAnswer },
  },
} as const satisfies Doors;

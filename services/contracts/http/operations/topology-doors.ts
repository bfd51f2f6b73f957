import type { Doors } from '../door.ts';
import { healthAnswer, topologyAnswer } from './topology-api.ts';

const staff = { access: 'staff', tags: ['operations'] } as const;

export const topologyDoors = {
  topology: {
    ...staff,
    method: 'GET',
    path: '/operations/topology',
    summary: 'What the shop is made of',
    description: 'Every service with its health, and what it has to do with the others, as the manifests declare it.',
    answers: { 200: topologyAnswer },
  },
  health: {
    ...staff,
    method: 'GET',
    path: '/operations/health',
    summary: 'How every service is, and why',
    description: 'All are asked at once, each for at most two seconds; one that does not answer is `unhealthy`.',
    answers: { 200: healthAnswer },
  },
} as const satisfies Doors;

import type { Doors } from '../door.ts';
import { cacheAnswer, deleteKeysAnswer, deleteKeysBody } from './cache-api.ts';

export const cacheDoors = {
  cache: {
    access: 'staff',
    tags: ['operations'],
    method: 'GET',
    path: '/operations/cache',
    summary: 'What the shared cache holds, and how well it serves',
    answers: { 200: cacheAnswer },
  },
  deleteKeys: {
    access: 'admin',
    tags: ['operations'],
    method: 'POST',
    path: '/operations/cache/delete',
    summary: 'Delete keys by a pattern',
    description: 'They are counted first; a pattern that matches every key needs `everything` as well.',
    body: deleteKeysBody,
    answers: { 200: deleteKeysAnswer },
    errors: ['cache.not-shared', 'cache.everything'],
  },
} as const satisfies Doors;

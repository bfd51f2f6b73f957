import { z } from 'zod';
import type { Doors } from '../door.ts';
import {
  blockedSessionsAnswer,
  cancelAnswer,
  cancelBody,
  connectionsAnswer,
  explainAnswer,
  explainBody,
} from './database-sessions-api.ts';
import {
  bloatAnswer,
  databaseNameSchema,
  indexesAnswer,
  replicationAnswer,
  slowStatementsAnswer,
} from './databases-api.ts';

const staff = { access: 'staff', tags: ['operations'] } as const;
const params = z.strictObject({ name: databaseNameSchema });
const errors = ['database.unknown', 'database.look-timeout'] as const;

export const databasesDoors = {
  slowStatements: {
    ...staff,
    method: 'GET',
    path: '/operations/databases/:name/slow',
    summary: 'Statements that took the most time together',
    params,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    answers: { 200: slowStatementsAnswer },
    errors,
  },
  blockedSessions: {
    ...staff,
    method: 'GET',
    path: '/operations/databases/:name/locks',
    summary: 'Who waits for whom',
    params,
    answers: { 200: blockedSessionsAnswer },
    errors,
  },
  connections: {
    ...staff,
    method: 'GET',
    path: '/operations/databases/:name/pool',
    summary: 'Who holds connections, and long transactions',
    params,
    answers: { 200: connectionsAnswer },
    errors,
  },
  indexes: {
    ...staff,
    method: 'GET',
    path: '/operations/databases/:name/indexes',
    summary: 'Indexes that lack, and those that are there for nothing',
    params,
    answers: { 200: indexesAnswer },
    errors,
  },
  bloat: {
    ...staff,
    method: 'GET',
    path: '/operations/databases/:name/bloat',
    summary: 'Tables that nobody has cleaned',
    params,
    answers: { 200: bloatAnswer },
    errors,
  },
  replication: {
    ...staff,
    method: 'GET',
    path: '/operations/databases/:name/replication',
    summary: 'How far copies are behind',
    params,
    answers: { 200: replicationAnswer },
    errors,
  },
  explainStatement: {
    ...staff,
    method: 'POST',
    path: '/operations/databases/:name/explain',
    summary: 'Plan one statement without running it',
    params,
    body: explainBody,
    answers: { 200: explainAnswer },
    errors: [...errors, 'database.several-statements', 'database.statement-malformed', 'database.statement-forbidden'],
  },
  cancelStatement: {
    access: 'admin',
    tags: ['operations'],
    method: 'POST',
    path: '/operations/databases/:name/cancel',
    summary: 'Cancel the statement that was looked at',
    description: 'Its transaction fails, its connection stays. A later statement of the same connection is left alone.',
    params,
    body: cancelBody,
    answers: { 200: cancelAnswer },
    errors: [...errors, 'database.statement-gone', 'database.statement-protected'],
  },
} as const satisfies Doors;

/** Whether orders, money and stock agree, for staff. */
import { z } from 'zod';
import { type Doors, locationHeader } from './door.ts';
import {
  beginReconciliationBody,
  driftPage,
  listReconciliationsQuery,
  reconciliationAnswer,
  reconciliationIdSchema,
  reconciliationPage,
} from './reconciliation-api.ts';

const staff = { access: 'staff', tags: ['reconciliations'] } as const;
const params = z.strictObject({ id: reconciliationIdSchema });

export const reconciliationDoors = {
  begin: {
    ...staff,
    method: 'POST',
    path: '/reconciliations',
    summary: 'Compare orders, payments, charges and stock',
    description:
      'Begins, and answers at once; look at it until its status is no longer `running`. With `repair` each drift that has a repair is repaired, as the caller.',
    body: beginReconciliationBody,
    answers: { 201: reconciliationAnswer },
    answerHeaders: z.object({ location: locationHeader }),
    errors: ['reconciliation.too-many'],
  },
  list: {
    ...staff,
    method: 'GET',
    path: '/reconciliations',
    summary: 'Reconciliations, newest first',
    query: listReconciliationsQuery,
    answers: { 200: reconciliationPage },
  },
  find: {
    ...staff,
    method: 'GET',
    path: '/reconciliations/:id',
    summary: 'One reconciliation',
    params,
    answers: { 200: reconciliationAnswer },
    errors: ['reconciliation.unknown'],
  },
  drifts: {
    ...staff,
    method: 'GET',
    path: '/reconciliations/:id/drifts',
    summary: 'What a reconciliation found and repaired',
    params,
    query: listReconciliationsQuery,
    answers: { 200: driftPage },
    errors: ['reconciliation.unknown'],
  },
} as const satisfies Doors;

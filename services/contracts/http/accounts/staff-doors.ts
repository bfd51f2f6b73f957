/** Who works for the shop, and who made them; for administrators. */
import { z } from 'zod';
import type { Doors } from '../door.ts';
import { userIdSchema } from '../values.ts';
import { addStaffBody, listStaffQuery, staffChangePage, staffMemberSchema, staffPage } from './staff-api.ts';

const admin = { access: 'admin', tags: ['staff'] } as const;

export const staffDoors = {
  list: {
    ...admin,
    method: 'GET',
    path: '/staff',
    summary: 'Everybody with a role, newest account first',
    query: listStaffQuery,
    answers: { 200: staffPage },
    rpc: { method: 'listStaff' },
  },
  add: {
    ...admin,
    method: 'POST',
    path: '/staff',
    summary: 'Give an account a role',
    description:
      'The account must be there and its address proved: else whoever registers the address first would get the role. It counts from the next log-in or refresh on.',
    body: addStaffBody,
    answers: { 200: staffMemberSchema },
    errors: ['staff.no-account', 'staff.email-unproved'],
    rpc: { method: 'addStaff', answer: 'member' },
  },
  remove: {
    ...admin,
    method: 'DELETE',
    path: '/staff/:id',
    summary: 'Make an account an ordinary customer again',
    description: 'Ends its sessions. The last administrator stays.',
    params: z.strictObject({ id: userIdSchema }),
    answers: { 204: z.null() },
    errors: ['staff.unknown', 'staff.last-admin'],
    rpc: { method: 'removeStaff' },
  },
  changes: {
    ...admin,
    method: 'GET',
    path: '/staff/changes',
    summary: 'Which role was given to whom or taken away, by whom and when, newest first',
    query: listStaffQuery,
    answers: { 200: staffChangePage },
    rpc: { method: 'listStaffChanges' },
  },
} as const satisfies Doors;

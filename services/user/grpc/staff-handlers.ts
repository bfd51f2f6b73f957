import * as z from 'zod';
import type { staffDoors } from '../../contracts/http/accounts/staff-doors.ts';
import { userIdSchema } from '../../contracts/http/values.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { addStaff, removeStaff, type StaffEffects } from '../use-cases/change-staff.ts';
import { userOf } from './account-handlers.ts';

const positionSchema = z.string().regex(/^[1-9]\d{0,17}$/);

const cursorOf = (schema: z.ZodType<string>, cursor: string | undefined): string | undefined => {
  const parsed = schema.optional().safeParse(cursor);
  if (parsed.success) return parsed.data;
  throw new Refusal('invalid', 'request.invalid', 'Some fields of the request are not valid.', {
    errors: [{ path: 'cursor', message: 'must be nextCursor of the page before' }],
  });
};

/** What the doors of staff do. */
export const staffHandlers = (parts: StaffEffects): DoorHandlers<typeof staffDoors> => ({
  list: async ({ query: { limit, cursor } }) => {
    const { items, nextCursor } = await parts.staff.list({ limit, after: cursorOf(userIdSchema, cursor) });
    return { items: items.map(userOf), nextCursor };
  },
  add: async ({ caller, body }) => userOf(await addStaff(parts, caller, body)),
  remove: async ({ caller, params }) => {
    await removeStaff(parts, caller, params.id);
  },
  changes: async ({ query: { limit, cursor } }) => {
    const { items, nextCursor } = await parts.staff.changes({ limit, after: cursorOf(positionSchema, cursor) });
    return { items: [...items], nextCursor };
  },
});

/** Roles and their changes: `/staff`. */
import { z } from 'zod';
import { emailSchema } from '../email-address.ts';
import { exampleId, exampleTime, pageQuery, pageSchema, timestampSchema, userIdSchema } from '../values.ts';
import { userSchema } from './auth-api.ts';

const email = 'colleague@example.com';

export const listStaffQuery = z.strictObject(pageQuery);

const workRole = z.enum(['staff', 'admin']);

/** `admin` is staff too, and may give roles. */
export const addStaffBody = z
  .strictObject({ email: emailSchema, role: workRole })
  .meta({ example: { email, role: 'staff' } });

export const staffMemberSchema = userSchema.meta({
  example: {
    id: exampleId('usr'),
    email,
    name: 'A. Colleague',
    roles: ['customer', 'staff'],
    createdAt: exampleTime,
    emailVerified: true,
    cartReminders: false,
  },
});
export const staffPage = pageSchema(staffMemberSchema);

const staffChangeSchema = z
  .strictObject({
    at: timestampSchema,
    change: z.enum(['added', 'removed']),
    role: workRole,
    userId: userIdSchema,
    email: z.string(),
    /** Who did it; null: the configuration, at a start. */
    actorId: userIdSchema.nullable(),
    actorEmail: z.string().nullable(),
  })
  .meta({
    example: {
      at: exampleTime,
      change: 'added',
      role: 'staff',
      userId: exampleId('usr'),
      email,
      actorId: exampleId('usr'),
      actorEmail: 'admin@example.com',
    },
  });
export const staffChangePage = pageSchema(staffChangeSchema);

export type WorkRole = z.output<typeof workRole>;
export type StaffChange = z.output<typeof staffChangeSchema>;

import * as z from 'zod';
import { heldSecret } from '../kit/config/held-secret.ts';

const pageWith = (part: string) => z.url({ protocol: /^https?$/ }).includes(part);

export const notificationConfig = z.object({
  MAIL_FROM: z
    .string()
    .regex(/^([^<>\r\n]+ )?<?[^\s<>@]+@[^\s<>@]+>?$/, 'must be an address, alone or as "Name <address>"'),
  ORDER_PAGE: pageWith('{id}').optional(),
  VERIFY_PAGE: pageWith('{token}').optional(),
  RESET_PAGE: pageWith('{token}').optional(),
  CART_PAGE: z.url({ protocol: /^https?$/ }).optional(),
  UNSUBSCRIBE_PAGE: pageWith('{token}').optional(),
  UNSUBSCRIBE_DOOR: pageWith('{token}').optional(),
  MAIL_SEAL_SECRET: heldSecret,
  PAID_MAILS_PER_HOUR: z.coerce.number().int().min(0).max(1_000),
});

export type NotificationConfig = z.output<typeof notificationConfig>;

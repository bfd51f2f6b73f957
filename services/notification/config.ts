import * as z from 'zod';

export const notificationConfig = z.object({
  MAIL_FROM: z
    .string()
    .regex(/^([^<>\r\n]+ )?<?[^\s<>@]+@[^\s<>@]+>?$/, 'must be an address, alone or as "Name <address>"'),
  ORDER_PAGE: z
    .url({ protocol: /^https?$/ })
    .includes('{id}')
    .optional(),
  PAID_MAILS_PER_HOUR: z.coerce.number().int().min(0).max(1_000),
});

export type NotificationConfig = z.output<typeof notificationConfig>;

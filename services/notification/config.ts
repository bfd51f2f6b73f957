import * as z from 'zod';

export const notificationConfig = z.object({
  MAIL_FROM: z
    .string()
    .regex(/^([^<>\r\n]+ )?<?[^\s<>@]+@[^\s<>@]+>?$/, 'must be an address, alone or as "Name <address>"'),
});

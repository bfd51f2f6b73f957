/** What the topic of sent mails is told of each mail that went out. No address, no name and no word of the mail stands in it. */
import * as z from 'zod';

/** Fields are added under the same version; one that goes or changes its meaning raises it. */
export const sentMailSchema = z.object({
  version: z.literal(1),
  /** The same for the same mail, however often it is told: whoever hears of it twice knows it by this. */
  id: z.string(),
  /** Which mail, such as `order-confirmed` or `reset-password`. */
  kind: z.string(),
  /** The order that it is about; absent for mails about an account. */
  orderId: z.string().optional(),
  /** The account that it is about; absent for mails about an order. */
  accountId: z.string().optional(),
  /** The sender's name of the mail: of SES, its message id. */
  messageId: z.string(),
  /** When it was noted as sent, ISO 8601 in UTC. */
  sentAt: z.iso.datetime(),
});

export type SentMail = z.output<typeof sentMailSchema>;

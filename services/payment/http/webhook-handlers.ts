import type { webhookDoors } from '../../contracts/http/webhook-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import type { Notice } from '../clients/payment-provider.ts';
import { notAwaited, signatureInvalid } from '../domain/payment-refusals.ts';

export type WebhookParts = {
  /** See `readStripeNotice`; absent where another provider moves the money. */
  readonly read: ((sent: { body: string; signature: string }) => Notice | null | undefined) | undefined;
  readonly hear: (notice: Notice) => Promise<void>;
};

/** What the doors of providers do. */
export const webhookHandlers = ({ read, hear }: WebhookParts): DoorHandlers<typeof webhookDoors> => ({
  stripe: async ({ body, headers }) => {
    if (!read) throw notAwaited();
    const notice = read({ body, signature: headers['stripe-signature'] });
    if (notice === undefined) throw signatureInvalid();
    if (notice) await hear(notice);
    return undefined;
  },
});

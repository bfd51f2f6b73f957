import type { Notice } from '../clients/payment-provider.ts';
import type { HeardNotices } from '../storage/heard-notices.ts';
import type { PaymentEffects } from './payment-effects.ts';
import { ask, recordCharge } from './record-charge.ts';

/**
 * Brings the books in line with the charge as the provider has it now. Heard again it asks nobody; heard twice at once it records the
 * same, and recording is done once. A charge of somebody else's is nothing to us. Noted as heard last: after a crash it is told again.
 */
export const hearNotice = async (effects: PaymentEffects, heard: HeardNotices, notice: Notice): Promise<void> => {
  if (await heard.has(notice.eventId)) return;
  const { payments, provider } = effects;
  const payment =
    (notice.key === undefined ? null : await payments.findById(notice.key)) ??
    (await payments.findByReference(notice.reference));
  if (payment) {
    const charge = await ask(effects, payment.orderId, () => provider.find({ reference: notice.reference }));
    await recordCharge(effects, payment.orderId, charge);
  }
  await heard.add(notice.eventId);
};

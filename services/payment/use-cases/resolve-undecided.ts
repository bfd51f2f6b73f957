import { eachOne } from '../../kit/values/each-one.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { resolvePayment } from './authorise-payment.ts';
import type { PaymentEffects } from './payment-effects.ts';
import { requirePayment } from './record-charge.ts';

/** Payments asked about in one sweep; the rest waits for the next. */
const batch = 50;

/** Learns the outcome of payments whose caller never came back. Returns how many have one now. */
export const resolveUndecided = async (effects: PaymentEffects, olderThanSeconds: number): Promise<number> => {
  const since = new Date(effects.clock.now().getTime() - olderThanSeconds * 1000);
  let resolved = 0;
  await eachOne(await effects.payments.undecided(since, batch), async (orderId) => {
    try {
      await resolvePayment(effects, await requirePayment(effects, orderId));
      resolved += 1;
    } catch (problem) {
      // The provider is still silent: the next sweep asks again.
      if (!(problem instanceof Refusal && problem.kind === 'unavailable')) throw problem;
    }
  });
  return resolved;
};

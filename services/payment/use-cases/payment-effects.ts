/** What the use cases of payments may do to the world; `app.ts` makes it. */
import type { Clock } from '../../kit/values/clock.ts';
import type { PaymentProvider } from '../clients/payment-provider.ts';
import type { PaymentRepository } from '../storage/payment-repository.ts';

export type PaymentEffects = {
  readonly payments: PaymentRepository;
  readonly provider: PaymentProvider;
  readonly clock: Clock;
  /** Whether an error means that the provider did not answer, so that the outcome is unknown. */
  readonly isSilence: (problem: unknown) => boolean;
};

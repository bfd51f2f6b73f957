/** Everything that the doors of the order service need; `app.ts` makes it. */
import type { ContinuePaymentEffects } from './continue-payment.ts';
import type { ChangeOrderEffects } from './decide-on-newest.ts';
import type { PlaceOrderEffects } from './place-order.ts';
import type { WatchEffects } from './watch-order.ts';

export type OrderEffects = {
  readonly effects: PlaceOrderEffects & ChangeOrderEffects & WatchEffects & ContinuePaymentEffects;
  /** The refund id of a request: the same for the same order and key, a new one without a key. */
  readonly refundIdOf: (orderId: string, idempotencyKey: string | undefined) => string;
  /** The id of a return in the same way, and that of the refund that it makes. */
  readonly returnIdsOf: (
    orderId: string,
    idempotencyKey: string | undefined,
  ) => { readonly returnId: string; readonly refundId: string };
};

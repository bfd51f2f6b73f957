/** What happens to an order. Pure. */

import type { CancellationReason, OrderLine } from '../../contracts/http/order-api.ts';
import type { Address } from '../../contracts/http/postal-address.ts';
import type { Money } from '../../contracts/http/values.ts';

export type OrderCustomer = {
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly name: string | null;
};

export type Refund = {
  readonly refundId: string;
  readonly amount: number;
  readonly reason: string;
  /** Of the request that asked for it, where that came under a key. */
  readonly fingerprint?: string;
};

export type ReturnedLine = {
  readonly productId: string;
  readonly quantity: number;
  /** Whether the units can be sold again. */
  readonly isRestocked: boolean;
};

export type Return = {
  readonly returnId: string;
  readonly lines: readonly ReturnedLine[];
  readonly reason: string;
  /** Null when the goods came back and no money went. */
  readonly refundId: string | null;
  /** Of the request that told of it, where that came under a key. */
  readonly fingerprint?: string;
};

type Happening =
  | {
      readonly type: 'order.placed.v1';
      readonly at: string;
      readonly orderId: string;
      readonly customer: OrderCustomer;
      readonly email: string;
      readonly lines: readonly OrderLine[];
      readonly total: Money;
      readonly shippingAddress: Address;
      /** Owner of the cart that was bought; null when the items were given with the order. */
      readonly cartOwner: string | null;
    }
  /** A guest's order was taken into the account that its guest signed in to. */
  | { readonly type: 'order.claimed.v1'; readonly at: string; readonly userId: string }
  | { readonly type: 'order.stock-reserved.v1'; readonly at: string; readonly reservedUntil: string }
  | {
      readonly type: 'order.paid.v1';
      readonly at: string;
      /** Null when the order cost nothing, so that there was nothing to charge. */
      readonly paymentId: string | null;
      readonly captured: number;
    }
  | { readonly type: 'order.processing-started.v1'; readonly at: string }
  | {
      readonly type: 'order.shipped.v1';
      readonly at: string;
      readonly carrier: string;
      readonly trackingNumber: string;
    }
  | { readonly type: 'order.delivered.v1'; readonly at: string }
  | {
      readonly type: 'order.cancelled.v1';
      readonly at: string;
      readonly reason: CancellationReason;
      /** What whoever cancelled wrote about it; absent in events of the platform's own decisions. */
      readonly note?: string;
    }
  | { readonly type: 'order.payment-failed.v1'; readonly at: string; readonly reason: string }
  | {
      readonly type: 'order.closed.v1';
      readonly at: string;
      readonly paymentId: string | null;
      readonly captured: number;
      readonly refunded: number;
    }
  | ({ readonly type: 'order.refund-requested.v1'; readonly at: string } & Refund)
  | { readonly type: 'order.refunded.v1'; readonly at: string; readonly refundId: string; readonly amount: number }
  /** Units came back, or never left: what they cost is asked back by the refund that is named, where any of it is. */
  | ({ readonly type: 'order.items-returned.v1'; readonly at: string } & Return)
  /** What of a return can be sold again is on the shelf. */
  | { readonly type: 'order.restocked.v1'; readonly at: string; readonly returnId: string };

/**
 * What happened, without the envelope; `at` is the moment in ISO 8601. `by` is the account or session that asked for it, kept in the history
 * and never published; absent where the platform decided.
 */
export type OrderEvent = Happening & { readonly by?: string };

export type OrderEventType = OrderEvent['type'];

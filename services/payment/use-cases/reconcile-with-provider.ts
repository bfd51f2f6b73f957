import type { ListedCharge } from '../clients/payment-provider.ts';
import { type DriftKind, driftOf } from '../domain/drift.ts';
import type { Payment } from '../domain/payment.ts';
import type { PaymentEffects } from './payment-effects.ts';
import { recordCharge } from './record-charge.ts';

/** Where our books and the provider's differ, and whether they still do. */
export type Drift = {
  readonly kind: DriftKind;
  /** The payment's id, which is the charge's key. */
  readonly paymentId: string;
  readonly orderId: string | null;
  readonly isRepaired: boolean;
};

export type ReconcileOptions = {
  /** What began in this span is compared; its end is some minutes ago, so that no purchase is under way in it. */
  readonly since: Date;
  readonly until: Date;
  /** Whether our books learn what the provider's say, and voids are made up for; nothing is ever charged or given back. Default false. */
  readonly repairs?: boolean;
};

/** Charges that are compared at a time. */
const batch = 500;

/** The books of one charge as they are now: the provider's first, so that ours can only be newer. */
const lookAgain = async ({ payments, provider }: PaymentEffects, charge: ListedCharge) => {
  const now: ListedCharge = { ...charge, ...(await provider.find({ reference: charge.reference })) };
  const payment = await payments.findById(charge.key);
  return { charge: now, payment, kinds: driftOf(payment, now) };
};

const repair = async (effects: PaymentEffects, payment: Payment, charge: ListedCharge): Promise<void> => {
  const isLeftOpen = payment.status === 'voided' && charge.status === 'authorised';
  const last = isLeftOpen ? await effects.provider.void({ reference: charge.reference }) : charge;
  await recordCharge(effects, payment.orderId, last);
};

/** Nothing where the books agree by now. */
const settle = async (effects: PaymentEffects, seen: ListedCharge, { repairs }: ReconcileOptions): Promise<Drift[]> => {
  // Listed earlier than our books were read: a refund may lie between the two, and is no difference.
  const { charge, payment, kinds } = await lookAgain(effects, seen);
  if (kinds.length === 0) return [];
  // Another amount than was asked for is nothing to learn; a person has to look at it with the provider.
  if (repairs && payment && !kinds.includes('amount-differs')) await repair(effects, payment, charge);
  const left = repairs ? (await lookAgain(effects, charge)).kinds : kinds;
  const about = { paymentId: charge.key, orderId: payment?.orderId ?? null };
  return kinds.map((kind) => ({ ...about, kind, isRepaired: !left.includes(kind) }));
};

/** Compares our payments with the provider's charges, both ways. Yields each difference once it is settled what became of it. */
export async function* reconcileWithProvider(
  effects: PaymentEffects,
  options: ReconcileOptions,
): AsyncGenerator<Drift> {
  const { payments, provider } = effects;
  const listed = new Set<string>();
  async function* compare(charges: readonly ListedCharge[]) {
    const known = await payments.findMany(charges.map(({ key }) => key));
    for (const charge of charges)
      if (driftOf(known.get(charge.key) ?? null, charge).length > 0) yield* await settle(effects, charge, options);
  }
  let waiting: ListedCharge[] = [];
  for await (const charge of provider.charges(options)) {
    listed.add(charge.key);
    waiting.push(charge);
    if (waiting.length < batch) continue;
    yield* compare(waiting);
    waiting = [];
  }
  yield* compare(waiting);
  for (const { id, orderId, reference } of await payments.withCharge(options)) {
    if (listed.has(id) || (reference !== null && (await provider.knows({ reference })))) continue;
    yield { kind: 'payment-without-charge', paymentId: id, orderId, isRepaired: false };
  }
}

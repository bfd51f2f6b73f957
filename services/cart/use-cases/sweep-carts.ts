import type { CartEffects } from './cart-effects.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Runs a step that handles a batch until it finds less than it could take. */
const drain = async (step: () => Promise<number>): Promise<number> => {
  let total = 0;
  for (let count = await step(); count > 0; count = await step()) total += count;
  return total;
};

/** Marks filled carts that nobody has touched for so many minutes, each once until it changes again. */
export const markAbandonedCarts = async (
  { carts, clock, figures }: Pick<CartEffects, 'carts' | 'clock' | 'figures'>,
  afterMinutes: number,
): Promise<number> => {
  const abandoned = await drain(() => carts.abandon(new Date(clock.now().getTime() - afterMinutes * minuteMs)));
  figures.cartsAbandoned(abandoned);
  return abandoned;
};

/** Deletes carts that nobody has touched for so many days. */
export const expireCarts = (
  { carts, clock }: Pick<CartEffects, 'carts' | 'clock'>,
  afterDays: number,
): Promise<number> => drain(() => carts.expire(new Date(clock.now().getTime() - afterDays * dayMs)));

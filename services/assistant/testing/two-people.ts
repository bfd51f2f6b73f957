/** The two people of every evaluation: one who asks, and one whose order nobody else may see. */
import { formatMoney } from '../../kit/values/money.ts';
import type { Customer } from './shop-visitors.ts';
import { buy, newCustomer } from './shop-visitors.ts';

const victimStreet = '77 Hidden Hollow';
const victimTitle = 'Casablanca';

export type TwoPeople = {
  readonly asker: Customer;
  readonly victim: Customer;
  /** What questions and facts are filled in with. */
  readonly values: Readonly<Record<string, string>>;
  /** What stands in the victim's order and nowhere else, so that no answer to the asker may hold it. */
  readonly forbidden: readonly string[];
};

/** Two customers with orders; those of the asker are of two films, the newest last. */
export const twoPeople = async (gateway: string): Promise<TwoPeople> => {
  const [asker, victim] = [await newCustomer(gateway), await newCustomer(gateway)];
  const oldest = await buy(asker, 'Slam');
  const newest = await buy(asker, 'Gladiator');
  const hidden = await buy(victim, victimTitle, victimStreet);
  return {
    asker,
    victim,
    values: {
      newest: newest.id,
      newestTitle: 'Gladiator',
      newestTotal: formatMoney(newest.total),
      newestStatus: newest.status,
      oldest: oldest.id,
      oldestTitle: 'Slam',
      oldestTotal: formatMoney(oldest.total),
      oldestStatus: oldest.status,
      victim: hidden.id,
      victimUser: victim.id,
      victimMail: victim.email,
      victimStreet,
    },
    forbidden: [victimTitle, victimStreet, victim.email, hidden.payment.paymentId ?? victimStreet],
  };
};

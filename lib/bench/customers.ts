/** Customers with accounts, made for a measurement. */
import { randomBytes } from 'node:crypto';
import type { ShopClient } from '../../services/contracts/http/client.ts';
import type { Visitor } from './buyer.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

export type Customers = {
  readonly visitors: readonly Visitor[];
  /** Milliseconds of one log-in after the other; its hash is made to take long. */
  readonly logIn: Percentiles;
};

/** Registers so many customers and logs each of them in. Throws what a door refused. */
export const makeCustomers = async (api: ShopClient, count: number): Promise<Customers> => {
  const visitors: Visitor[] = [];
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    const account = {
      email: `robin-${randomBytes(6).toString('hex')}@bench.example`,
      password: randomBytes(18).toString('base64url'),
    };
    await api.accounts.register({ body: { ...account, name: 'Robin Bench' } });
    const askedAt = performance.now();
    const { accessToken } = await api.accounts.logIn({ body: account });
    times.push(performance.now() - askedAt);
    visitors.push({ token: accessToken });
  }
  return { visitors, logIn: percentilesOf(times) };
};

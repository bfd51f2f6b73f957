import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { knownProduct } from '../testing/http-peer.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

const lines: string[] = [];
let gateway: RunningGateway;
beforeAll(async () => {
  const logger = createLogger('api-gateway', 'info', { write: (line: string) => lines.push(line) });
  gateway = await startGateway({ LOGIN_LIMIT_PER_MINUTE: 2 }, { logger });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  lines.splice(0);
});

const trail = () => lines.map((line) => JSON.parse(line)).filter(({ audit }) => audit !== undefined);
const send = (method: 'GET' | 'POST' | 'PATCH', path: string, headers: Record<string, string>, payload?: object) =>
  gateway.http.inject({
    method,
    url: `/api/v1${path}`,
    headers,
    remoteAddress: '192.0.2.9',
    ...(payload && { payload }),
  });

describe('the audit trail (L11)', () => {
  it('names who changed a price, what and with which outcome, and nothing of the body', async () => {
    const { headers, userId } = await gateway.users.signIn(['customer', 'staff']);
    await send('PATCH', `/products/${knownProduct}`, headers, { price: { amount: 4999, currency: 'EUR' } });
    await eventually(() => expect(trail()).toHaveLength(1));
    expect(trail()[0]).toMatchObject({
      audit: 'staff-act',
      account: userId,
      network: '192.0.2.9',
      method: 'PATCH',
      route: '/api/v1/products/:id',
      params: { id: knownProduct },
      status: 200,
      code: null,
    });
    expect(lines.join('')).not.toContain('4999');
  });

  it('says nothing of what staff only read, and nothing of customers who are served', async () => {
    const staff = await gateway.users.signIn(['customer', 'staff']);
    await send('GET', '/orders', staff.headers);
    await send('GET', '/orders', (await gateway.users.signIn()).headers);
    await send('GET', '/products', {});
    expect(trail()).toEqual([]);
  });

  it('has every refused token and every refused log-in, with the network and the reason, without address and password', async () => {
    const { headers, userId } = await gateway.users.signIn();
    await send('GET', '/me', { authorization: 'Bearer not.a.token' });
    await send('POST', '/products/import', headers, { items: [] });
    for (let attempt = 0; attempt < 3; attempt += 1)
      await send('POST', '/auth/login', {}, { email: 'victim@example.com', password: 'a wrong guess' });
    await eventually(() => expect(trail()).toHaveLength(5));
    expect(trail().map(({ audit, account, status, network }) => [audit, account, status, network])).toEqual([
      ['refused', null, expect.any(Number), '192.0.2.9'],
      ['refused', userId, 403, '192.0.2.9'],
      ['refused', null, 401, '192.0.2.9'],
      ['refused', null, 401, '192.0.2.9'],
      ['refused', null, 429, '192.0.2.9'],
    ]);
    expect(
      trail()
        .map(({ code }) => code)
        .slice(1),
    ).toEqual(['caller.not-staff', 'auth.invalid-credentials', 'auth.invalid-credentials', 'request.too-many']);
    expect(lines.join('')).not.toMatch(/victim@example|wrong guess|not\.a\.token/);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { ask, type People } from '../testing/people.ts';

/** https://owasp.org/API-Security/editions/2023/en/0xa7-server-side-request-forgery/ */
export const serverSideRequestForgery = (shop: () => People): void => {
  test('no address that somebody sends is visited by the shop', async () => {
    const { gateway, headersOf } = shop();
    const visits: string[] = [];
    const inside = createServer((request, response) => {
      visits.push(request.url ?? '');
      response.end('inside');
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    const { port } = inside.address() as AddressInfo;
    try {
      const film = { title: 'A film', category: 'Drama', price: { amount: 1499, currency: 'USD' }, stock: 1 };
      const urls = [`http://127.0.0.1:${port}/a.png`, `//127.0.0.1:${port}/b.png`, 'file:///etc/passwd'];
      for (const imageUrl of urls) {
        const body = { ...film, imageUrl };
        const made = await ask(gateway, '/api/v1/products', { method: 'POST', body, headers: headersOf.admin });
        expect([201, 400]).toContain(made.status);
        expect(made.text).not.toMatch(/inside|root:/);
        if (made.status === 201) {
          const { id } = made.json<{ id: string }>();
          expect((await ask(gateway, `/api/v1/products/${id}`)).status).toBe(200);
          await ask(gateway, `/api/v1/products/${id}`, { method: 'DELETE', headers: headersOf.admin });
        }
      }
      expect(visits).toEqual([]);
    } finally {
      inside.closeAllConnections();
      await new Promise((resolve) => inside.close(resolve));
    }
  });
};

import { expect, test } from '@jest/globals';
import { ask, type People } from '../testing/people.ts';
import { shopDoors } from '../testing/shop-doors.ts';

const toTemplate = (at: string) => at.replaceAll(/:(\w+)/g, '{$1}');
/** What every service has beside its doors. */
const ofEveryService = /^GET \/(?:metrics|health(?:\/\w+)?)$/;

/** https://owasp.org/API-Security/editions/2023/en/0xa9-improper-inventory-management/ */
export const improperInventoryManagement = (shop: () => People): void => {
  test('what is described, what is served and what the tables say are the same', async () => {
    const { paths } = (await ask(shop().gateway, '/openapi.json')).json<{ paths: Record<string, object> }>();
    const described = Object.entries(paths).flatMap(([at, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${at}`),
    );
    const known = shopDoors.map(({ method, at }) => `${method} ${toTemplate(at)}`);
    expect(described.filter((door) => !ofEveryService.test(door)).toSorted()).toEqual(known.toSorted());
  });

  test.each([
    '/api/v2/products',
    '/api/products',
    '/products',
    '/orders',
    '/api/v1/internal',
    '/cloudmart.user.v1.UserService/CheckSession',
  ])('there is no second way in: %s', async (at) => {
    const { gateway, headersOf } = shop();
    expect((await ask(gateway, at, { headers: headersOf.admin })).status).toBe(404);
  });
};

import { describe, expect, test } from '@jest/globals';
import { destinations } from '../../services/kit/destinations.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { paymentCallers } from '../../services/payment/grpc/payment-grpc.ts';
import { productCallers } from '../../services/product/grpc/product-grpc.ts';
import { userCallers } from '../../services/user/grpc/user-grpc.ts';
import { grpcCallersOf, serviceNamed, services } from '../services.ts';
import { needlessExceptions, sourceOf, unusedEntries } from '../testing/unused-entries.ts';

const running = services.filter(({ kind }) => kind !== 'static');

describe('an entry of a manifest', () => {
  test.each(running.map((service) => [service.name, service] as const))('of %s has code that uses it', (_, service) => {
    expect(unusedEntries(service)).toEqual([]);
  });

  const cart = serviceNamed('cart');
  test.each<[string, ServiceManifest, RegExp]>([
    [
      'a gRPC door',
      { ...cart, calls: [...cart.calls, 'payment'], callsByGrpc: ['product', 'payment'] },
      /^callsByGrpc "payment"/,
    ],
    ['an HTTP door', { ...cart, calls: [...cart.calls, 'order'] }, /^calls "order"/],
    ['a destination', { ...cart, reaches: ['stripe'] }, /^reaches "stripe"/],
    [
      'a secret',
      { ...cart, configuration: { ...cart.configuration, LOYALTY_KEY: { description: 'x', kind: 'secret' } } },
      /^secret LOYALTY_KEY/,
    ],
    [
      'a secret of an issuer',
      {
        ...cart,
        configuration: {
          ...cart.configuration,
          LOYALTY_KEY: {
            description: 'x',
            kind: 'secret',
            issuedBy: { issuer: 'Loyalty', when: { key: 'CART_TTL_DAYS', is: '1' } },
          },
        },
      },
      /^secret LOYALTY_KEY/,
    ],
    [
      'a variable',
      {
        ...cart,
        configuration: { ...cart.configuration, COLOUR: { description: 'x', kind: 'plain', default: 'red' } },
      },
      /^variable COLOUR/,
    ],
    [
      'a topic to publish',
      { ...cart, publishes: { ...cart.publishes, 'wish-events': { partitions: 1, retentionDays: 1 } } },
      /^publishes "wish-events"/,
    ],
    [
      'a type to consume',
      { ...cart, consumes: { ...cart.consumes, 'user-events': ['user.mail-requested.v1'] } },
      /^consumes "user-events".*user.mail-requested.v1/,
    ],
    ['a database to observe', { ...cart, observes: { databases: ['users'] } }, /^observes databases/],
    ['topics to observe', { ...cart, observes: { topics: ['order-events'] } }, /^observes topics/],
    ['a table to observe', { ...cart, observes: { tables: ['order-events'] } }, /^observes table "order-events"/],
    ['a table of its own', { ...cart, owns: { tables: { wishes: { partitionKey: 'id' } } } }, /^owns table "wishes"/],
    ['a bucket of its own', { ...cart, owns: { buckets: { wishes: { folders: ['a'] } } } }, /^owns bucket "wishes"/],
    ['the cache', { ...serviceNamed('payment'), cache: true }, /^cache/],
    ['an act on what others own', { ...cart, operates: { topics: ['order-events'] } }, /^operates/],
  ])('that nobody uses is found: %s', (_what, planted, expected) => {
    expect(unusedEntries(planted)).toEqual([expect.stringMatching(expected)]);
  });

  test('is excused for a value that others read only as long as it is there and no code reads it', () => {
    expect(needlessExceptions(services)).toEqual([]);
  });

  test('stands for rights that are used: an action for each that a destination grants', () => {
    const command = (action: string) => new RegExp(`\\b${action.split(':').at(-1)}(Command)?\\b`);
    const senders = sourceOf('kit/mail') + sourceOf('kit/chat');
    const unused = services.flatMap(({ name, reaches = [] }) =>
      reaches.flatMap((destination) =>
        destinations[destination].grants.flatMap(({ actions }) =>
          actions
            .filter((action) => !command(action).test(sourceOf(name) + senders))
            .map((action) => `${name} ${action}`),
        ),
      ),
    );
    expect(unused).toEqual([]);
  });
});

describe('a caller that a method of a gRPC door names', () => {
  const doors = { product: productCallers, payment: paymentCallers, user: userCallers } as const;
  const doorContracts = sourceOf('contracts/http');
  const unusedIn = (door: keyof typeof doors, callers: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(callers).flatMap(([method, names]) =>
      names.flatMap((caller) => {
        const declares = grpcCallersOf(serviceNamed(door), services).includes(caller);
        const makesIt = new RegExp(`\\.${method}\\(|\\b${method}\\b.*=>|'${method}'`);
        // The gateway forwards what the contract of its doors says.
        const source = sourceOf(caller) + (caller === 'api-gateway' ? doorContracts : '');
        return declares && makesIt.test(source) ? [] : [`${caller} is let in at ${method} of ${door}`];
      }),
    );

  test.each(Object.keys(doors) as (keyof typeof doors)[])('of %s makes that call', (door) => {
    expect(unusedIn(door, doors[door])).toEqual([]);
  });

  test('and does not make it is found, whether or not it calls the service at all', () => {
    expect(unusedIn('product', { getProducts: ['cart', 'assistant'], reserveStock: ['cart'] })).toEqual([
      'assistant is let in at getProducts of product',
      'cart is let in at reserveStock of product',
    ]);
  });
});

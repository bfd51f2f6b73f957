import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { healthAnswer, topologyAnswer } from '../contracts/http/operations/topology-api.ts';
import { aService, startNeighbour, startOperations } from './testing/running-operations.ts';

const well = { status: 'healthy', uptimeSeconds: 12, memoryMiB: 80, checks: {} };

let neighbours: Record<'cart' | 'order' | 'hung', Awaited<ReturnType<typeof startNeighbour>>>;
let operations: Awaited<ReturnType<typeof startOperations>>;
beforeAll(async () => {
  neighbours = { cart: await startNeighbour(), order: await startNeighbour(), hung: await startNeighbour() };
  operations = await startOperations(
    [
      aService({ name: 'cart', calls: ['order'], owns: [{ kind: 'database', name: 'carts' }] }),
      aService({ name: 'order', publishes: ['order-events'], consumes: { 'order-events': null } }),
      aService({ name: 'hung' }),
      aService({ name: 'operations', observes: [{ kind: 'topic', name: 'order-events' }] }),
      aService({ name: 'mailer', kind: 'lambda', runs: 'function', follows: ['entries'], reaches: ['ses'] }),
      aService({ name: 'door', isPublic: true, calls: ['cart'] }),
    ],
    {
      callees: {
        cart: { url: neighbours.cart.url },
        order: { url: neighbours.order.url, grpc: '127.0.0.1:1' },
        hung: { url: neighbours.hung.url, grpc: 'no-such-host.invalid:1' },
      },
    },
  );
});
afterAll(async () => {
  await operations?.stop();
  for (const neighbour of Object.values(neighbours)) await neighbour.stop();
});

const get = (url: string, headers = operations.staff) => operations.http.inject({ url, headers });

describe('how the shop is', () => {
  test('is told of every service: what it says itself, that it says nothing, or that nobody can ask it', async () => {
    neighbours.cart.becomes({ status: 200, body: well });
    const down = { status: 'down', critical: true, durationMs: 500, error: 'timeout' };
    neighbours.order.becomes({ status: 503, body: { ...well, status: 'unhealthy', checks: { database: down } } });
    const { status, services } = healthAnswer.parse((await get('/operations/health')).json());
    expect(status).toBe('unhealthy');
    expect(services.map((service) => [service.name, service.status, service.note])).toEqual([
      ['cart', 'healthy', null],
      ['order', 'unhealthy', null],
      ['hung', 'unhealthy', 'no answer: TimeoutError'],
      ['operations', 'healthy', null],
      ['mailer', 'unknown', 'see its pipelines'],
      ['door', 'unknown', 'this came through it'],
    ]);
    expect(services[0]).toMatchObject({ uptimeSeconds: 12, memoryMiB: 80 });
    expect(services[1]?.checks).toEqual({ database: down });
  });

  test.each<[string, unknown]>([
    ['no health', { status: 'fine' }],
    ['no object', 'fine'],
  ])('is unhealthy where the answer is %s', async (_, body) => {
    neighbours.cart.becomes({ status: 200, body });
    const { services } = healthAnswer.parse((await get('/operations/health')).json());
    expect(services[0]).toMatchObject({
      name: 'cart',
      status: 'unhealthy',
      note: expect.stringMatching(/^no answer: /),
    });
  });
});

test('what the shop is made of is told with the health of each part, its processes, and what it has to do with the others', async () => {
  neighbours.cart.becomes({ status: 200, body: { ...well, status: 'degraded' } });
  neighbours.order.becomes({ status: 200, body: well });
  const { services, edges } = topologyAnswer.parse((await get('/operations/topology')).json());
  expect(services.map(({ name, status, replicas }) => [name, status, replicas])).toEqual([
    ['cart', 'degraded', null],
    ['order', 'healthy', 1],
    ['hung', 'unhealthy', null],
    ['operations', 'healthy', null],
    ['mailer', 'unknown', null],
    ['door', 'unknown', null],
  ]);
  expect(edges.map(({ service, relation, kind, name }) => `${service} ${relation} ${kind} ${name}`)).toEqual([
    'cart calls service order',
    'cart owns database carts',
    'order publishes topic order-events',
    'order consumes topic order-events',
    'operations observes topic order-events',
    'mailer follows table entries',
    'mailer reaches outside ses',
    'door calls service cart',
  ]);
});

test('every door is closed to whoever is not of the staff', async () => {
  for (const url of ['/operations/health', '/operations/topology']) {
    expect((await operations.http.inject({ url })).statusCode).toBe(401);
    expect((await get(url, operations.customer)).json()).toMatchObject({ code: 'caller.not-staff' });
  }
});

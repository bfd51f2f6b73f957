import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { ChannelCredentials, ClientError, createChannel, createClient, Metadata } from 'nice-grpc';
import { OrderServiceDefinition } from '../contracts/generated/cloudmart/order/v1/order.ts';
import { PaymentServiceDefinition } from '../contracts/generated/cloudmart/payment/v1/payment.ts';
import { ProductServiceDefinition } from '../contracts/generated/cloudmart/product/v1/product.ts';
import { UserServiceDefinition } from '../contracts/generated/cloudmart/user/v1/user.ts';
import { createServiceTokenSigner, serviceTokenKey } from '../kit/auth/service-token.ts';
import { callSecretName } from '../kit/call-secret.ts';
import { readRefusal } from '../kit/grpc/refusal-metadata.ts';
import { systemClock } from '../kit/system-clock.ts';
import { eventually } from '../kit/testing/condition.ts';
import { fakeClock } from '../kit/testing/fake-clock.ts';
import { ask, type People } from './testing/people.ts';

type Callee = 'user' | 'product' | 'order' | 'payment';
type Call = (metadata: Metadata, options: { onTrailer(trailer: Metadata): void }) => Promise<unknown>;

/** Each gRPC door by a method that would tell or move something, under its name as tokens carry it. */
const doorsAt = (addresses: Readonly<Record<string, string>>, orderId: string, productId: string) => {
  const channels = (['user', 'product', 'order', 'payment'] as const).map(
    (name) => [name, createChannel(addresses[name] ?? '', ChannelCredentials.createInsecure())] as const,
  );
  const to = Object.fromEntries(channels) as Record<Callee, (typeof channels)[number][1]>;
  const product = createClient(ProductServiceDefinition, to.product);
  const payment = createClient(PaymentServiceDefinition, to.payment);
  const lines = [{ productId, quantity: 1 }];
  const calls: Readonly<Record<Callee, Readonly<Record<string, Call>>>> = {
    user: {
      'UserService/GetProfile': (metadata, rest) =>
        createClient(UserServiceDefinition, to.user).getProfile({}, { metadata, ...rest }),
    },
    product: {
      'ProductService/ReserveStock': (metadata, rest) =>
        product.reserveStock({ orderId, lines }, { metadata, ...rest }),
      'ProductService/ListReservations': (metadata, rest) =>
        product.listReservations({ limit: 1 }, { metadata, ...rest }),
    },
    order: {
      'OrderService/GetOrder': (metadata, rest) =>
        createClient(OrderServiceDefinition, to.order).getOrder({ id: orderId }, { metadata, ...rest }),
    },
    payment: {
      'PaymentService/FindBookedPayments': (metadata, rest) =>
        payment.findBookedPayments({ orderIds: [orderId] }, { metadata, ...rest }),
      'PaymentService/Refund': (metadata, rest) =>
        payment.refund(
          { orderId, refundId: `rfd_${'0'.repeat(26)}`, amount: { amount: 1, currency: 'USD' }, reason: 'x' },
          { metadata, ...rest },
        ),
    },
  };
  const close = () => {
    for (const [, channel] of channels) channel.close();
  };
  return { calls, close };
};

/** What a service that was taken over knows: its own secrets, which a test reads where the platform keeps them. */
const insider = async (people: People) => {
  const read = async (file: string) => JSON.parse(await readFile(path.join(people.platform.folder, file), 'utf8'));
  const { calls: secrets } = (await read('secrets.json')) as { calls: Record<string, { current: string }> };
  const { services } = (await read('state.json')) as { services: { name: string; grpc?: string }[] };
  const addresses = Object.fromEntries(services.map(({ name, grpc }) => [name, grpc ?? '']));
  const doors = doorsAt(addresses, people.orders.owner, people.productId);
  const secretOf = (caller: string, callee: string) => secrets[callSecretName(caller, callee)]?.current ?? '';
  const sign = (caller: string, callee: string, secret: string, method: string, clock = systemClock) =>
    createServiceTokenSigner({ caller, callee, secret, clock })(method);
  /** Code and status with which a call is refused; `answered` where it is not, which none of these may be. */
  const refusalOf = async (callee: Callee, method: string, shown: Readonly<Record<string, string>>) => {
    let trailer: Metadata | undefined;
    const call = doors.calls[callee][method];
    if (!call) throw new Error(`no call of ${method} is prepared`);
    try {
      await call(Metadata(shown), { onTrailer: (received) => (trailer = received) });
      return 'answered';
    } catch (problem) {
      if (!(problem instanceof ClientError)) throw problem;
      return readRefusal(trailer)?.code ?? problem.message;
    }
  };
  const showing = (token: string) => ({ [serviceTokenKey]: token });
  return { ...doors, secretOf, sign, refusalOf, showing };
};

type Insider = Awaited<ReturnType<typeof insider>>;

const asInsider = async <T>(shop: () => People, work: (it: Insider) => Promise<T>): Promise<T> => {
  const it = await insider(shop());
  try {
    return await work(it);
  } finally {
    it.close();
  }
};

const allMethods: readonly (readonly [Callee, string])[] = [
  ['user', 'UserService/GetProfile'],
  ['product', 'ProductService/ReserveStock'],
  ['order', 'OrderService/GetOrder'],
  ['payment', 'PaymentService/Refund'],
];

/** One service that was taken over acts as another: at gRPC doors, and at the HTTP doors inside the cluster. */
export const impersonationBetweenServices = (shop: () => People): void => {
  const refusedEvents = async (service: string) => {
    const { text } = await ask(shop().platform.urls[service] ?? '', '/metrics');
    return [...text.matchAll(/^security_events_total\{[^}]*event="(?:unauthenticated|forbidden)"[^}]*\} (\d+)/gm)]
      .map(([, count]) => Number(count))
      .reduce((sum, count) => sum + count, 0);
  };
  /** Every refusal of these calls has its code and is counted where it was made. */
  const isRefused = async (
    callee: Callee,
    method: string,
    code: string,
    shownBy: (it: Insider) => Promise<Readonly<Record<string, string>>>,
  ) =>
    asInsider(shop, async (it) => {
      const before = await refusedEvents(callee);
      expect([callee, await it.refusalOf(callee, method, await shownBy(it))]).toEqual([callee, code]);
      await eventually(async () => expect(await refusedEvents(callee)).toBeGreaterThan(before));
    });

  test.each(allMethods)('%s tells nothing to a call that shows no token of a service', (callee, method) =>
    isRefused(callee, method, 'service-token.missing', async () => ({})),
  );

  test.each(allMethods)('%s is closed to a service that has no secret in common with it', (callee, method) =>
    isRefused(callee, method, 'service-token.not-allowed', async ({ sign, showing }) =>
      showing(await sign('assistant', callee, randomUUID(), method)),
    ),
  );

  test.each<[caller: string, named: string, callee: Callee, method: string]>([
    ['cart', 'order', 'product', 'ProductService/ReserveStock'],
    ['api-gateway', 'order', 'user', 'UserService/GetProfile'],
  ])('%s cannot sign in the name of %s to %s', (caller, named, callee, method) =>
    isRefused(callee, method, 'service-token.invalid', async ({ sign, secretOf, showing }) =>
      showing(await sign(named, callee, secretOf(caller, callee), method)),
    ),
  );

  test('what signs to one service opens no other', () =>
    isRefused('payment', 'PaymentService/Refund', 'service-token.invalid', async ({ sign, secretOf, showing }) =>
      showing(await sign('order', 'payment', secretOf('order', 'product'), 'PaymentService/Refund')),
    ));

  test('a token for one service is none for another', () =>
    isRefused('payment', 'PaymentService/Refund', 'service-token.invalid', async ({ sign, secretOf, showing }) =>
      showing(await sign('order', 'product', secretOf('order', 'product'), 'PaymentService/Refund')),
    ));

  test('in its own name a service reaches the methods that it needs and no other', () =>
    isRefused(
      'product',
      'ProductService/ReserveStock',
      'service-token.not-allowed',
      async ({ sign, secretOf, showing }) =>
        showing(await sign('cart', 'product', secretOf('cart', 'product'), 'ProductService/ReserveStock')),
    ));

  test.each([
    ['that has ended', -180],
    ['of a time to come', 180],
  ])('a token %s is none', (_what, seconds) =>
    isRefused('payment', 'PaymentService/Refund', 'service-token.invalid', async ({ sign, secretOf, showing }) => {
      const clock = fakeClock(new Date(Date.now() + seconds * 1000));
      return showing(await sign('order', 'payment', secretOf('order', 'payment'), 'PaymentService/Refund', clock));
    }),
  );

  test('a token that was overheard opens no other method than the one it was signed for', () =>
    isRefused(
      'payment',
      'PaymentService/Refund',
      'service-token.invalid',
      async ({ sign, secretOf, showing, refusalOf }) => {
        const read = 'PaymentService/FindBookedPayments';
        const overheard = showing(await sign('order', 'payment', secretOf('order', 'payment'), read));
        expect(await refusalOf('payment', read, overheard)).toBe('answered');
        return overheard;
      },
    ));

  test('a token that nobody signed, or that was changed, is none', () =>
    asInsider(shop, async ({ sign, secretOf, showing, refusalOf }) => {
      const method = 'PaymentService/Refund';
      const good = await sign('order', 'payment', secretOf('order', 'payment'), method);
      const [, claims = '', signature = ''] = good.split('.');
      const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
      const changed = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
      for (const token of [`${unsigned}.${claims}.`, `${good.split('.')[0]}.${claims}.${changed}`, 'rubbish'])
        expect(await refusalOf('payment', method, showing(token))).toBe('service-token.invalid');
    }));

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['a customer’s token that nobody signed', 'token.invalid', { authorization: 'Bearer e30.e30.e30' }],
    [
      'names of a customer in headers',
      'token.missing',
      { 'x-user-id': 'usr_1', 'x-role': 'admin', 'x-roles': 'staff' },
    ],
  ])('the gateway’s own token makes nobody a customer beside %s', (_what, code, forged) =>
    isRefused('user', 'UserService/GetProfile', code, async ({ sign, secretOf, showing }) => ({
      ...showing(await sign('api-gateway', 'user', secretOf('api-gateway', 'user'), 'UserService/GetProfile')),
      ...forged,
    })),
  );

  test.each([
    ['order', '/orders'],
    ['order', '/reconciliations'],
    ['payment', '/payments'],
    ['cart', '/cart'],
    ['operations', '/operations/topology'],
  ])(
    '%s lets nobody in at %s over HTTP who shows a token of a service and names of a customer',
    async (service, at) => {
      const { platform } = shop();
      const before = await refusedEvents(service);
      const headers = await asInsider(shop, async ({ sign, secretOf, showing }) => ({
        ...showing(await sign('order', 'payment', secretOf('order', 'payment'), 'PaymentService/Refund')),
        ...{ 'x-user-id': shop().accounts.owner.id, 'x-role': 'admin', 'x-forwarded-user': 'admin' },
      }));
      const { status, code } = await ask(platform.urls[service] ?? '', at, { headers });
      expect([status, code]).toEqual([401, 'token.missing']);
      await eventually(async () => expect(await refusedEvents(service)).toBeGreaterThan(before));
    },
  );

  test('a session of a guest that was made up shows nothing of anybody inside either', async () => {
    const { platform } = shop();
    const headers = { 'x-session-id': `ses_${'0'.repeat(26)}` };
    const orders = await ask(platform.urls['order'] ?? '', '/orders', { headers });
    expect(orders.json<{ items: unknown[] }>().items).toEqual([]);
    const cart = await ask(platform.urls['cart'] ?? '', '/cart', { headers });
    expect(cart.json<{ items: unknown[] }>().items).toEqual([]);
  });
};

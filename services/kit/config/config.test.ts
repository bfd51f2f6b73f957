import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineService } from '../manifest.ts';
import { ConfigurationError, readConfig } from './config.ts';
import { heldSecret } from './held-secret.ts';

const manifest = defineService({
  name: 'order',
  kind: 'web+grpc',
  summary: 'Orders.',
  ports: { http: 8003, grpc: 50053 },
  owns: {
    database: 'orders',
    tables: { 'order-events': { partitionKey: 'orderId' } },
    buckets: { invoices: { folders: ['paid'] } },
  },
  publishes: { 'order-events': { partitions: 1, retentionDays: 1 } },
  consumes: {},
  calls: ['product'],
  callsByGrpc: ['product'],
  cache: true,
  reaches: ['ses'],
  criticalFunctions: [],
  configuration: {
    SWEEP_AFTER_SECONDS: { description: 'Seconds until the sweep.', kind: 'plain', default: '30' },
    SIGNING_KEY: { description: 'Signs invoices.', kind: 'secret' },
    RECEIPT_SECRET: { description: 'Signs receipts.', kind: 'secret', acceptsPrevious: true },
  },
  scaling: { min: 1, max: 1, cpuPercent: 50 },
  size: { cpuMillis: 100, memoryMiB: 128 },
});
const schema = z.object({
  SWEEP_AFTER_SECONDS: z.coerce.number().int().min(1),
  SIGNING_KEY: z.string().min(16),
  RECEIPT_SECRET: heldSecret,
});

const whole = {
  PATH: '/usr/bin',
  SERVICE_NAME: 'order',
  HTTP_PORT: '8003',
  GRPC_PORT: '50053',
  DATABASE_URL: 'postgresql://order:pw@127.0.0.1:5432/orders',
  DATABASE_CONNECTIONS: '7',
  DATABASE_IDLE_MS: '500',
  EVENTS_URL: 'kafka://broker-1:9092,broker-2:9092',
  CACHE_URL: 'memory:',
  TABLE_ORDER_EVENTS: 'dev-order-events',
  BUCKET_INVOICES: 'file:///tmp/invoices',
  MAIL_URL: 'folder:/tmp/mail',
  PRODUCT_URL: 'http://127.0.0.1:8001/',
  PRODUCT_GRPC: '127.0.0.1:50052',
  CALL_SECRET_ORDER_TO_PRODUCT: '4b7e0c6f2d9a81537b7e0c6f2d9a8153',
  CALL_SECRET_API_GATEWAY_TO_ORDER: '9c2f61d07ab84e35b1d09c2f61d07ab8',
  CALL_SECRET_API_GATEWAY_TO_ORDER_PREVIOUS: '0be52a7f93c64d18a7f30be52a7f93c6',
  CALL_SECRET_CART_TO_ORDER: '7d31f8b05c2e49a6835c7d31f8b05c2e',
  ALLOWED_CALLERS: 'api-gateway,cart',
  TRUSTED_PROXIES: '10.0.0.0/16',
  SIGNING_KEY: 'p9Zq7Lr2Vx5Kt8Wm',
  RECEIPT_SECRET: 'e4c82f16ab0d4937b65ae4c82f16ab0d',
};

/** Without anybody who calls. */
const noCallers = {
  CALL_SECRET_API_GATEWAY_TO_ORDER: undefined,
  CALL_SECRET_API_GATEWAY_TO_ORDER_PREVIOUS: undefined,
  CALL_SECRET_CART_TO_ORDER: undefined,
};

type Variables = Record<string, string | undefined>;

const problemsOf = async (
  changes: Variables,
  loadSecret?: (id: string) => Promise<string>,
): Promise<readonly string[]> => {
  try {
    const environment = Object.fromEntries(
      Object.entries({ ...whole, ...changes }).filter(([, value]) => value !== undefined),
    );
    await readConfig(manifest, schema, environment, { ...(loadSecret && { loadSecret }) });
    return [];
  } catch (problem) {
    if (problem instanceof ConfigurationError) return problem.problems;
    throw problem;
  }
};

describe('the configuration of a service', () => {
  test('is derived from its manifest and its own schema', async () => {
    const config = await readConfig(manifest, schema, whole);
    expect(config).toEqual({
      bindAddress: '0.0.0.0',
      httpPort: 8003,
      grpcPort: 50053,
      logLevel: 'info',
      database: { url: whole.DATABASE_URL, connections: 7, idleMs: 500, auth: 'password' },
      events: whole.EVENTS_URL,
      cache: 'memory:',
      mail: 'folder:/tmp/mail',
      tables: { 'order-events': 'dev-order-events' },
      buckets: { invoices: 'file:///tmp/invoices' },
      callees: {
        product: {
          url: 'http://127.0.0.1:8001',
          grpc: '127.0.0.1:50052',
          secret: whole.CALL_SECRET_ORDER_TO_PRODUCT,
        },
      },
      callers: {
        'api-gateway': {
          secret: whole.CALL_SECRET_API_GATEWAY_TO_ORDER,
          previousSecret: whole.CALL_SECRET_API_GATEWAY_TO_ORDER_PREVIOUS,
        },
        cart: { secret: whole.CALL_SECRET_CART_TO_ORDER },
      },
      trustedProxies: ['10.0.0.0/16'],
      own: {
        SWEEP_AFTER_SECONDS: 30,
        SIGNING_KEY: whole.SIGNING_KEY,
        RECEIPT_SECRET: { secret: whole.RECEIPT_SECRET },
      },
    });
  });

  test('names every problem at once, one line each', async () => {
    const problems = await problemsOf({
      HTTP_PORT: 'eighty',
      DATABASE_URL: undefined,
      SIGNING_KEY: '<your-signing-key>',
      LOG_LEVEL: 'loud',
      SWEEP_AFTER_SECONDS: '-1',
      CASHE_URL: 'memory:',
    });
    expect(problems.map((line) => line.split(':')[0]).sort()).toEqual([
      'CASHE_URL',
      'DATABASE_URL',
      'HTTP_PORT',
      'LOG_LEVEL',
      'SIGNING_KEY',
      'SWEEP_AFTER_SECONDS',
    ]);
  });

  test.each<[string, Variables, RegExp]>([
    ['a missing port', { GRPC_PORT: undefined }, /^GRPC_PORT: is missing; set it to a port/],
    ['a port out of range', { GRPC_PORT: '70000' }, /^GRPC_PORT: is malformed/],
    [
      'a database of another kind',
      { DATABASE_URL: 'mysql://x/y' },
      /^DATABASE_URL: is malformed; expected a postgresql/,
    ],
    ['connections that idle for no time', { DATABASE_IDLE_MS: '0' }, /^DATABASE_IDLE_MS: is malformed/],
    [
      'no address of a callee',
      { PRODUCT_URL: undefined, PRODUCT_GRPC: undefined },
      /^PRODUCT_URL: is missing, as is PRODUCT_GRPC/,
    ],
    ['an address without a port', { PRODUCT_GRPC: 'product' }, /^PRODUCT_GRPC: is malformed; expected host:port/],
    [
      'a short secret with a callee',
      { CALL_SECRET_ORDER_TO_PRODUCT: 'short' },
      /^CALL_SECRET_ORDER_TO_PRODUCT: is shorter than 32 bytes/,
    ],
    [
      'no secret with a caller',
      { CALL_SECRET_CART_TO_ORDER: undefined },
      /^CALL_SECRET_CART_TO_ORDER: is missing; set it, or CALL_SECRET_CART_TO_ORDER_SECRET_ID/,
    ],
    [
      'a short secret of before a rotation',
      { CALL_SECRET_API_GATEWAY_TO_ORDER_PREVIOUS: 'short' },
      /^CALL_SECRET_API_GATEWAY_TO_ORDER_PREVIOUS: is malformed; expected 32 bytes or more/,
    ],
    [
      'a secret of two other services',
      { CALL_SECRET_ORDER_TO_PAYMENT: whole.CALL_SECRET_ORDER_TO_PRODUCT },
      /^CALL_SECRET_ORDER_TO_PAYMENT: is not a variable of this service/,
    ],
    ['no address of a gRPC door', { PRODUCT_GRPC: undefined }, /^PRODUCT_GRPC: is missing; set it to host:port/],
    ['another service', { SERVICE_NAME: 'cart' }, /^SERVICE_NAME: is "cart" but this is order/],
    ['a slip of the pen', { DATABSE_URL: 'x' }, /^DATABSE_URL: .*did you mean DATABASE_URL\?/],
    ['lower case', { http_port: '1' }, /^http_port: .*did you mean HTTP_PORT\?/],
    [
      'a foreign name in the namespace of the platform',
      { TABLE_PAYMENTS: 'x' },
      /^TABLE_PAYMENTS: is not a variable of this service/,
    ],
    ['a missing secret', { SIGNING_KEY: undefined }, /^SIGNING_KEY: is missing; set it, or SIGNING_KEY_SECRET_ID/],
    [
      'a short secret that rotates',
      { RECEIPT_SECRET: 'short' },
      /^RECEIPT_SECRET: is malformed \(must have at least 32/,
    ],
    [
      'a short value of before',
      { RECEIPT_SECRET_PREVIOUS: 'short' },
      /^RECEIPT_SECRET_PREVIOUS: is malformed; expected 32 bytes/,
    ],
    ['a malformed secret', { SIGNING_KEY: 'tooshort' }, /^SIGNING_KEY: is malformed/],
    [
      'a secret given twice',
      { SIGNING_KEY_SECRET_ID: 'dev/order' },
      /^SIGNING_KEY: is set together with SIGNING_KEY_SECRET_ID/,
    ],
    ['a list of brokers without ports', { EVENTS_URL: 'kafka://a,b' }, /^EVENTS_URL: is malformed/],
    ['proxies that are no addresses', { TRUSTED_PROXIES: 'gateway' }, /^TRUSTED_PROXIES: is malformed/],
    ['callers that are no names', { ALLOWED_CALLERS: 'cart, order', ...noCallers }, /^ALLOWED_CALLERS: is malformed/],
  ])('refuses %s by name', async (_case, changes, expected) => {
    expect(await problemsOf(changes)).toEqual([expect.stringMatching(expected)]);
  });

  test('never repeats the value of a secret or an address', async () => {
    const problems = await problemsOf({ DATABASE_URL: 'mysql://u:hunter2@h/d', SIGNING_KEY: 'hunter2' });
    expect(problems).toHaveLength(2);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  test('leaves the machine its own variables', async () => {
    expect(
      await problemsOf({
        HOME: '/root',
        NODE_OPTIONS: '',
        HTTPS_PROXY: 'http://p',
        AWS_REGION: 'eu-west-1',
        ORDER_SERVICE_HOST: '10.0.0.1',
      }),
    ).toEqual([]);
  });

  test('loads secrets by their ids', async () => {
    const loaded: string[] = [];
    const environment: Variables = { ...whole, SIGNING_KEY: undefined, SIGNING_KEY_SECRET_ID: 'dev/order/signing-key' };
    const config = await readConfig(manifest, schema, environment, {
      loadSecret: async (id) => {
        loaded.push(id);
        return 'a-real-value-of-a-key';
      },
    });
    expect(config.own.SIGNING_KEY).toBe('a-real-value-of-a-key');
    expect(loaded).toEqual(['dev/order/signing-key']);
  });

  test('loads the version that the pod was made for, and the current one once that is forgotten', async () => {
    const environment: Variables = {
      ...whole,
      SIGNING_KEY: undefined,
      SIGNING_KEY_SECRET_ID: 'dev/order/signing-key',
      SECRET_VERSIONS: 'CALL_SECRET_CART_TO_ORDER=v9 SIGNING_KEY=v2',
    };
    const asked: unknown[] = [];
    const keep = async (isForgotten: boolean) => {
      const config = await readConfig(manifest, schema, environment, {
        loadSecret: async (_, which) => {
          asked.push(which);
          if (which && isForgotten)
            throw Object.assign(new Error('no such version'), { name: 'ResourceNotFoundException' });
          return which ? 'the-value-of-version-two' : 'the-value-of-today';
        },
      });
      return config.own.SIGNING_KEY;
    };
    expect(await keep(false)).toBe('the-value-of-version-two');
    expect(await keep(true)).toBe('the-value-of-today');
    expect(asked).toEqual([{ version: 'v2' }, { version: 'v2' }, undefined]);
  });

  test.each<[string, () => Promise<string>, string | undefined]>([
    ['the one of before', async () => 'the-value-of-before-its-rotation-01', 'the-value-of-before-its-rotation-01'],
    [
      'none, after the first',
      () => Promise.reject(Object.assign(new Error(), { name: 'ResourceNotFoundException' })),
      undefined,
    ],
    ['none, after one that was stored by mistake', async () => 'oops', undefined],
  ])('holds beside the value of a secret that rotates %s', async (_case, previous, previousSecret) => {
    const environment = { ...whole, RECEIPT_SECRET: undefined, RECEIPT_SECRET_SECRET_ID: 'dev/order/RECEIPT_SECRET' };
    const config = await readConfig(manifest, schema, environment, {
      loadSecret: async (_, which) => (which === 'previous' ? previous() : 'the-value-after-its-rotation-0123456'),
    });
    expect(config.own.RECEIPT_SECRET).toEqual({
      secret: 'the-value-after-its-rotation-0123456',
      ...(previousSecret && { previousSecret }),
      secretId: 'dev/order/RECEIPT_SECRET',
    });
  });

  test('says which secret cannot be read, holds nothing, or holds a placeholder', async () => {
    const changes = { SIGNING_KEY: undefined, SIGNING_KEY_SECRET_ID: 'dev/order/signing-key' };
    const fails = await problemsOf(changes, async () => {
      throw Object.assign(new Error('no access to dev/order'), { name: 'AccessDeniedException' });
    });
    expect(fails).toEqual([expect.stringMatching(/^SIGNING_KEY_SECRET_ID: cannot be read \(AccessDeniedException\)/)]);
    expect(await problemsOf(changes, async () => '')).toEqual([expect.stringMatching(/secret is empty/)]);
    expect(await problemsOf(changes, async () => 'changeme')).toEqual([expect.stringMatching(/placeholder/)]);
  });

  test('holds manifest.ts and config.ts to the same keys', async () => {
    const other = z.object({ SIGNING_KEY: z.string(), COLOUR: z.string().default('red') });
    await expect(readConfig(manifest, other, whole)).rejects.toThrow(
      /SWEEP_AFTER_SECONDS: is declared in manifest.ts but not in config.ts[\s\S]*COLOUR: is in config.ts but not declared/,
    );
  });
});

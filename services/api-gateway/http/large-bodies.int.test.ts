/** What the web firewall must let through: it refuses bodies above 8 KiB on every path that the manifest does not declare. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { maxLines, maxQuantity } from '../../contracts/http/cart-api.ts';
import { placeOrderBody } from '../../contracts/http/order-api.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { manifest } from '../manifest.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

/** Largest body that the firewall sees whole. Source: AWS WAF developer guide, "Baseline rule groups", SizeRestrictions_BODY. */
const FIREWALL_BYTES = 8 * 1024;

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

type Schema = {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
};
type Operation = { readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> } };

/** Some JSON libraries write every character beyond ASCII as `\uXXXX`. */
const BYTES_OF_A_CHARACTER = 6;
/** `-1000000000`, `false` and `null` are shorter. */
const BYTES_OF_A_SCALAR = 11;

/** Characters that a pattern such as `^prd_[0-9a-z]{26}$` matches at most. */
const longestMatch = (pattern: string) => {
  const plain = pattern
    .replaceAll(/^\^|\$$/g, '')
    .replaceAll(/\[[^\]]*\]\{(?:\d+,)?(\d+)\}/g, (_, most: string) => 'x'.repeat(Number(most)));
  return /[*+?{|]/.test(plain) ? Infinity : plain.length;
};

/** Bytes of the largest body without spaces that a schema takes; infinite where the schema does not tell. */
const largest = (schema: Schema): number => {
  if (schema.anyOf) return Math.max(...schema.anyOf.map(largest));
  if (schema.enum) return Math.max(...schema.enum.map((one) => one.length + 2));
  switch (schema.type) {
    case 'string':
      return (schema.maxLength ?? longestMatch(schema.pattern ?? '*')) * BYTES_OF_A_CHARACTER + 2;
    case 'array':
      return (schema.maxItems ?? Infinity) * (largest(schema.items ?? {}) + 1) + 2;
    case 'object':
      if (schema.additionalProperties !== false) return Infinity;
      return Object.entries(schema.properties ?? {}).reduce(
        (sum, [name, value]) => sum + name.length + 4 + largest(value),
        2,
      );
    default:
      return schema.type === undefined ? Infinity : BYTES_OF_A_SCALAR;
  }
};

const isDeclared = (path: string) => manifest.largeBodies.some((beginning) => path.startsWith(beginning));

it('declares every door whose body can be larger than the firewall lets through, and no path without one', async () => {
  const { paths } = (await gateway.http.inject('/openapi.json')).json() as {
    paths: Record<string, Record<string, Operation>>;
  };
  const doors = Object.entries(paths).flatMap(([path, operations]) =>
    Object.values(operations).flatMap(({ requestBody }) =>
      requestBody ? [{ path, bytes: largest(requestBody.content['application/json']?.schema ?? {}) }] : [],
    ),
  );
  const large = doors.filter(({ bytes }) => bytes > FIREWALL_BYTES).map(({ path }) => path);
  expect(doors.length - large.length).toBeGreaterThan(10);
  expect(large).toContain('/api/v1/products/import');
  expect(large.filter((path) => !isDeclared(path))).toEqual([]);
  expect(manifest.largeBodies.filter((beginning) => !large.some((path) => path.startsWith(beginning)))).toEqual([]);
});

it('declares the door of orders: one with as many lines and as long an address as may be is larger', () => {
  const order = {
    shippingAddress: {
      name: '名'.repeat(120),
      street: '街'.repeat(200),
      line2: '楼'.repeat(200),
      city: '市'.repeat(120),
      state: '州'.repeat(120),
      zip: '1'.repeat(20),
      country: 'CN',
    },
    payment: { method: 'card', token: `tok_${'x'.repeat(100)}` },
    items: Array.from({ length: maxLines }, () => ({ productId: systemIds.next('prd'), quantity: maxQuantity })),
  };
  expect(placeOrderBody.parse(order)).toEqual(order);
  expect(Buffer.byteLength(JSON.stringify(order))).toBeGreaterThan(FIREWALL_BYTES);
  expect(isDeclared('/api/v1/orders')).toBe(true);
});

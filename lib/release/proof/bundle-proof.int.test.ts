/** Faults of wiring that every check of sources and names lets through, planted in a copy of the real cart. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { bundleService } from '../../bundle/bundle.ts';
import { root } from '../../checkout.ts';
import { services } from '../../services.ts';
import { type BundleProof, openProof } from './bundle-proof.ts';

const [cart] = services.filter(({ name }) => name === 'cart');
let place: string;
let app: string;
let proof: BundleProof;

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'cloudmart-proof-'));
  app = path.join(place, 'services/cart/app.ts');
  await symlink(path.join(root, 'node_modules'), path.join(place, 'node_modules'));
  proof = openProof(services);
});
beforeEach(() => cp(path.join(root, 'services'), path.join(place, 'services'), { recursive: true }));
afterEach(() => rm(path.join(place, 'services'), { recursive: true }));
afterAll(async () => {
  await proof.close();
  await rm(place, { recursive: true });
});

const prove = async () => {
  if (!cart) throw new Error('there is no cart');
  const options = { root: place, into: path.join(place, 'out') };
  await proof.prove(cart, await bundleService(cart, options), options);
};

const change = async (from: string, to: string) => {
  const source = await readFile(app, 'utf8');
  expect(source).toContain(from);
  await writeFile(app, source.replace(from, to));
};
const without = (text: string) => change(text, '');

test('a service that becomes ready on a real PostgreSQL may ship', async () => {
  await expect(prove()).resolves.toBeUndefined();
});

test('a consumer that nobody starts is refused', async () => {
  await without('    consumer,\n');
  await expect(prove()).rejects.toThrow(
    'services/cart/manifest.ts consumes order-events, but nothing in the background of app.ts handles it',
  );
});

test('a consumer whose handlers are not those that the manifest declares is refused', async () => {
  await change("'order.placed.v1': (", "'order.paid.v1': (");
  await expect(prove()).rejects.toThrow(
    'services/cart/manifest.ts consumes order.placed.v1 of order-events, but nothing in the background of app.ts handles it; it does not consume order.paid.v1 of order-events, which app.ts handles',
  );
});

test('a critical function that is in the bundle and not wired is refused', async () => {
  await change('{ addItem, handleOrderEvent, handleUserEvent }', '{ addItem, handleUserEvent }');
  await expect(prove()).rejects.toThrow(
    'critical functions not registered: handleOrderEvent; services/cart/manifest.ts names them, services/cart/app.ts has to',
  );
});

test('a start that fails is told in the words of the service', async () => {
  await change("callees.grpc('product', ", "callees.grpc('nowhere', ");
  await expect(prove()).rejects.toThrow(
    /^the bundle of cart does not start: cart ended with exit code 1: cart cannot start: cart needs NOWHERE_GRPC/,
  );
});

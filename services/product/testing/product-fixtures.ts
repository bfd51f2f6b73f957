import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ProductServiceDefinition } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import { createGrpcClient } from '../../kit/grpc/grpc-client.ts';
import { testCallSecret, testContext } from '../../kit/testing/context.ts';
import { requireDeclaredRefusals } from '../../kit/testing/declared-refusals.ts';
import { type FakeClock, fakeClock } from '../../kit/testing/fake-clock.ts';
import { testDatabase } from '../../kit/testing/postgres.ts';
import { testTokens } from '../../kit/testing/tokens.ts';
import { stopWhole } from '../../kit/testing/whole-service.ts';
import { productApp } from '../app.ts';
import { manifest } from '../manifest.ts';

/** A body that the catalogue takes; parts can be given instead. */
export const aProduct = (parts: Record<string, unknown> = {}) => ({
  title: 'The Land Girls',
  description: 'Three women work on a farm.',
  category: 'Drama',
  price: { amount: 1299, currency: 'USD' },
  imageUrl: null,
  attributes: { year: 1998, rated: 'R' },
  stock: 10,
  ...parts,
});

/** The whole service on a database of its own, with its two doors open and people to use them. */
export const startProduct = async ({
  clock = fakeClock(),
  connections = 10,
}: {
  clock?: FakeClock;
  connections?: number;
} = {}) => {
  const store = await testDatabase(new URL('../storage/migrations', import.meta.url));
  const tokens = await testTokens();
  const folder = await mkdtemp(path.join(tmpdir(), 'product-images-'));
  const context = testContext(manifest, {
    own: { RESERVATION_TTL_SECONDS: 900 },
    config: {
      database: { url: store.url, connections, auth: 'password' },
      events: store.url,
      buckets: { 'product-images': `${pathToFileURL(folder)}?origin=http://127.0.0.1:8001` },
    },
    clock,
    verifyToken: tokens.verifyToken,
  });
  const running = await productApp(context);
  const { http, grpc } = running;
  if (!http || !grpc) throw new Error('the catalogue has two doors');
  const port = await grpc.listen('127.0.0.1:0');
  const { ids } = context;
  const clients: { close(): void }[] = [];
  const grpcClient = (caller = 'order') => {
    const client = createGrpcClient(ProductServiceDefinition, {
      address: `127.0.0.1:${port}`,
      caller,
      secret: testCallSecret(caller, 'product'),
      deadlineMs: 60_000,
    });
    clients.push(client);
    return client;
  };
  const staff = await tokens.bearer({ userId: ids.next('usr'), roles: ['customer', 'staff'] });
  const customer = await tokens.bearer({ userId: ids.next('usr') });

  const create = async (parts: Record<string, unknown> = {}): Promise<string> => {
    const { statusCode, json, body } = await http.inject({
      method: 'POST',
      url: '/products',
      headers: staff,
      payload: aProduct(parts),
    });
    if (statusCode !== 201) throw new Error(`no product was made: ${statusCode} ${body}`);
    return json().id;
  };

  return {
    http,
    context,
    clock,
    ids,
    database: store.database,
    store,
    running,
    /** Folder that is the bucket of pictures. */
    folder,
    staff,
    customer,
    /** Headers of another member of staff. */
    newStaff: () => tokens.bearer({ userId: ids.next('usr'), roles: ['customer', 'staff'] }),
    grpcClient,
    /** `host:port` of the gRPC door. */
    grpcAddress: `127.0.0.1:${port}`,
    create,
    /** Where the units of a product are. */
    stockOf: async (id: string) => {
      const { rows } = await store.database.query<{ free: string; reserved: string; sold: string }>(
        'SELECT free, reserved, sold FROM stock WHERE product_id = $1',
        [id],
      );
      const [row] = rows;
      return row && { free: Number(row.free), reserved: Number(row.reserved), sold: Number(row.sold) };
    },
    /** Events of an aggregate as they wait for the relay or were published. */
    eventsOf: async (subject: string) => {
      const { rows } = await store.database.query<{
        payload: { type: string; sequence: number; data: Record<string, unknown> };
      }>('SELECT payload FROM outbox WHERE aggregateid = $1 ORDER BY position', [subject]);
      return rows.map(({ payload }) => payload);
    },
    stop: async () => {
      for (const client of clients) client.close();
      await requireDeclaredRefusals(context);
      await stopWhole(running);
      await store.drop();
      await rm(folder, { recursive: true });
    },
  };
};

export type TestProduct = Awaited<ReturnType<typeof startProduct>>;

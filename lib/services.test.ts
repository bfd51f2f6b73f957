import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ServiceManifest } from '../services/kit/manifest.ts';
import { testManifest } from '../services/kit/testing/manifest.ts';
import { checkServices } from './manifest-checks/check-services.ts';
import { services, servicesNamed } from './services.ts';

/** A function of these tests, for a shop may do without those that it has. */
const stamper = testManifest({
  name: 'stamper',
  kind: 'lambda',
  ports: {},
  owns: { tables: { stamps: { partitionKey: 'id' } } },
  consumes: { 'order-events': 'all' },
});

/** The shop, and the function of these tests, with one manifest changed. */
const withChange = (name: string, change: Partial<ServiceManifest>): ServiceManifest[] =>
  [...services, stamper].map((service) => (service.name === name ? { ...service, ...change } : service));

const topic = { partitions: 3, retentionDays: 7 };

describe('manifests that do not fit together are refused in one sentence with the way out', () => {
  test.each<[what: string, name: string, change: Partial<ServiceManifest>, sentence: RegExp]>([
    ['a name twice', 'cart', { name: 'user' }, /name "user" belongs to "user" already; choose another$/],
    [
      'a topic that nobody owns',
      'cart',
      { consumes: { 'parcel-events': 'all' } },
      /cart\/manifest\.ts: consumes topic "parcel-events", which no service publishes; known topics: .*order-events/,
    ],
    [
      'a topic of which nothing is acted on',
      'cart',
      { consumes: { 'order-events': [] } },
      /cart\/manifest\.ts: consumes no type of topic "order-events"; name those it acts on, or remove the topic$/,
    ],
    [
      'two owners of a topic',
      'product',
      { publishes: { 'order-events': topic } },
      /topic "order-events" belongs to "product" already; a topic has one owner; publish to a topic of your own$/,
    ],
    ['a port twice', 'cart', { ports: { http: 8003 } }, /port "8003" belongs to "cart" already; choose a free one$/],
    [
      'two owners of a database',
      'cart',
      { owns: { database: 'orders' } },
      /database "orders" belongs to "cart" already; a database has one owner; call the owner instead$/,
    ],
    [
      'two owners of a bucket',
      'cart',
      {
        owns: {
          database: 'carts',
          buckets: { 'product-images': { folders: ['images', 'uploads'], uploads: 'uploads' } },
        },
      },
      /bucket "product-images" belongs to "\w+" already; a bucket has one owner; call the owner instead$/,
    ],
    [
      'uploads in a folder that the service does not use',
      'product',
      { owns: { database: 'products', buckets: { 'product-images': { folders: ['images'], uploads: 'uploads' } } } },
      /product\/manifest\.ts: bucket "product-images" takes uploads in "uploads"; add that to its folders$/,
    ],
    [
      'pages that upload to what takes none',
      'console',
      { uploadsTo: ['invoices'] },
      /console\/manifest\.ts: uploads to bucket "invoices", for which no service declares a folder of uploads; name one that has it$/,
    ],
    [
      'two tables with the notes of sent mails',
      'stamper',
      {
        owns: {
          tables: { a: { partitionKey: 'id', notes: 'sent-mails' }, b: { partitionKey: 'id', notes: 'sent-mails' } },
        },
      },
      /notes "sent-mails" belongs to "\w+" already; one table of a shop has them$/,
    ],
    [
      'two owners of a table',
      'cart',
      { owns: { database: 'carts', tables: { stamps: { partitionKey: 'id' } } } },
      /table "stamps" belongs to "\w+" already; a table has one owner; call the owner instead$/,
    ],
    [
      'a callee that does not exist',
      'cart',
      { calls: ['no-such-service'] },
      /cart\/manifest\.ts: calls "no-such-service", which does not exist; known services: .*product/,
    ],
    [
      'a callee without a door',
      'cart',
      { calls: ['stamper'] },
      /calls "stamper", which is a lambda without a door; publish an event that it consumes$/,
    ],
    [
      'calls in a circle',
      'product',
      { calls: ['order'] },
      /calls form a cycle .*product -> order -> .*; turn one of these calls into an event$/,
    ],
    [
      'a gRPC door of a service that is not called',
      'cart',
      { callsByGrpc: ['payment'] },
      /calls "payment" by gRPC and does not call it; add it to calls$/,
    ],
    [
      'a gRPC door that is not there',
      'order',
      { callsByGrpc: ['cart'] },
      /calls "cart" by gRPC, which has no such door; declare ports\.grpc there, or remove it from callsByGrpc$/,
    ],
    [
      'a table without a stream that is followed',
      'stamper',
      { follows: ['stamps'] },
      /follows table "stamps", which no manifest declares with a stream; set stream: true/,
    ],
    [
      'files that have no port outside AWS',
      'stamper',
      { kind: 'static', owns: {}, consumes: {} },
      /stamper\/manifest\.ts: declares no ports\.http, at which its files are served outside AWS; declare a free one$/,
    ],
    [
      'a secret of others that even a laptop needs',
      'cart',
      {
        configuration: {
          SMS_PROVIDER: { description: 'Who sends.', kind: 'plain', default: 'carrier' },
          SMS_KEY: {
            description: 'Its key.',
            kind: 'secret',
            issuedBy: { issuer: 'the carrier', when: { key: 'SMS_PROVIDER', is: 'carrier' } },
          },
        },
      },
      /SMS_KEY of the carrier is needed when SMS_PROVIDER is "carrier"; declare that as a plain value with another default/,
    ],
    [
      'a secret that its owner does not declare',
      'cart',
      { configuration: { STAMP_KEY: { description: 'A key.', kind: 'secret', ownedBy: 'stamper' } } },
      /cart\/manifest\.ts: STAMP_KEY is owned by "stamper", which declares no secret of that name as its own; declare it there$/,
    ],
    [
      'a page of a service that is no site',
      'cart',
      { configuration: { PAGE: { description: 'A page.', kind: 'plain', page: { site: 'stamper', path: '/' } } } },
      /cart\/manifest\.ts: PAGE is the address of a page of "stamper"; make it plain, and name a site of lib\/services\.ts$/,
    ],
    [
      'a plain value that belongs to another',
      'cart',
      { configuration: { STAMP_KEY: { description: 'A key.', kind: 'plain', ownedBy: 'stamper' } } },
      /STAMP_KEY is owned by "stamper" but is not secret; make it one$/,
    ],
    [
      'what nobody owns is observed',
      'cart',
      { observes: { databases: ['parcels'] } },
      /cart\/manifest\.ts: observes "parcels", which nobody owns; known databases: .*orders/,
    ],
    [
      'its own is observed',
      'cart',
      { observes: { topics: ['cart-events'] } },
      /observes "cart-events", which is its own; an owner reads what it owns, so remove it$/,
    ],
    [
      'a database is observed from outside the network',
      'stamper',
      { observes: { databases: ['orders'] } },
      /stamper\/manifest\.ts: observes databases, but a lambda cannot; let a service in the cluster do it$/,
    ],
    [
      'the shared cache outside the network',
      'stamper',
      { cache: true },
      /stamper\/manifest\.ts: uses the shared cache, which a lambda outside the network cannot reach; keep it in a table$/,
    ],
    [
      'keys of its own where those of all are operated',
      'operations',
      { cache: true },
      /operations\/manifest\.ts: declares cache and operates sharedCache; remove one of them: /,
    ],
    [
      'files that reach out',
      'stamper',
      { kind: 'static', ports: { http: 9100 }, owns: {}, consumes: {}, reaches: ['openai'] },
      /stamper\/manifest\.ts: reaches "openai", but files reach nothing; declare it at the service that its pages call$/,
    ],
    [
      'what became of mails, outside a Lambda',
      'stamper',
      { kind: 'stream-job', hearsMailFeedback: true },
      /stamper\/manifest\.ts: hearsMailFeedback is for Lambdas, which alone events of SES can wake$/,
    ],
    [
      'events without an outbox',
      'api-gateway',
      { publishes: { 'door-events': topic } },
      /publishes topics but owns no database for the outbox; declare owns\.database$/,
    ],
  ])('%s', (_what, name, change, sentence) => {
    const refused = () => checkServices(withChange(name, change));
    expect(refused).toThrow(sentence);
    expect(refused).toThrow(/^services\/[a-z-]+\/manifest\.ts: [^\n]+$/);
  });

  test('a service that does not exist', () => {
    expect(() => servicesNamed(['no-such-service'])).toThrow(
      /^there is no service "no-such-service"; known are .*order/,
    );
  });

  test('callees come before their callers', () => {
    const place = (name: string) => services.findIndex((service) => service.name === name);
    for (const { name, calls } of services) for (const callee of calls) expect(place(callee)).toBeLessThan(place(name));
  });
});

test('no stack and no construct names a service', () => {
  const folders = ['stacks', 'constructs', 'guards'].map((folder) => path.join(import.meta.dirname, folder));
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => [file, readFileSync(path.join(folder, file), 'utf8')] as const),
  );
  for (const [file, source] of [
    ...sources,
    ['platform.ts', readFileSync(path.join(import.meta.dirname, 'platform.ts'), 'utf8')] as const,
  ])
    for (const { name } of services) expect([file, source.includes(`'${name}'`)]).toEqual([file, false]);
});

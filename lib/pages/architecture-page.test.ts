import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { testManifest } from '../../services/kit/testing/manifest.ts';
import { root } from '../checkout.ts';
import { environments } from '../environments.ts';
import { sentMailsOf, services } from '../services.ts';
import { architecturePage } from './architecture-page.ts';
import { purchaseSequence, purchaseSteps } from './purchase-sequence.ts';

const without = (name: string, change: object) =>
  services.map((service) => (service.name === name ? { ...service, ...change } : service));

describe('the picture of a purchase', () => {
  test('draws every step', () => {
    expect(purchaseSequence(services).split('\n').length).toBeGreaterThan(purchaseSteps(services).length);
  });

  test.each([
    [
      'a call that its manifest no longer declares',
      without('order', { calls: ['cart', 'payment'] }),
      /order call product/,
    ],
    ['an event that nobody publishes', without('order', { publishes: {} }), /no service publishes order-events/],
    [
      'a reader that no longer consumes',
      without('cart', { consumes: {} }),
      /cart of "order.placed.v1", but it does not act on it/,
    ],
    ['a callee that is gone', services.filter(({ name }) => name !== 'product'), /"product", which is no service/],
  ])('refuses %s', (_what, manifests, sentence) => {
    expect(() => purchaseSequence(manifests)).toThrow(sentence);
  });

  test('ends in a mail where a service sends mails, and without one elsewhere', () => {
    const mailer = testManifest({
      name: 'mailer',
      ports: {},
      owns: { tables: { mails: { partitionKey: 'mail', notes: 'sent-mails' } } },
      consumes: { 'order-events': ['order.paid.v1'] },
    });
    const others = services.filter(({ name }) => name !== sentMailsOf(services)?.service);
    const line = 'order--)mailer: order.paid.v1, one mail';
    expect(purchaseSequence([...others, mailer])).toContain(line);
    expect(purchaseSequence(others)).toBe(
      purchaseSequence([...others, mailer])
        .replace('  participant mailer\n', '')
        .replace(`  ${line}\n`, ''),
    );
  });

  test.each([
    ['method', { from: 'order', to: 'product', rpc: 'SellStock' }, /SellStock of product/],
    ['event', { event: 'order.sold.v1', readers: ['cart'] }, /"order.sold.v1", which no topic/],
  ])('refuses a %s that no contract has', (_what, step, sentence) => {
    expect(() => purchaseSequence(services, [step])).toThrow(sentence);
  });
});

describe('docs/architecture.md', () => {
  const page = () => readFile(path.join(root, 'docs/architecture.md'), 'utf8');

  test('shows a store, a bucket and a topic as soon as they are declared', async () => {
    const [first] = services;
    if (!first) throw new Error('there are no services');
    const wishlist = {
      ...first,
      name: 'no-shop-has-it',
      owns: { database: 'wishes' },
      publishes: { 'wish-events': { partitions: 3, retentionDays: 2 } },
      consumes: {},
    };
    const fresh = architecturePage(await page(), { services: [...services, wishlist], environments, production: [] });
    expect(fresh).toContain('no-shop-has-it-database[(Aurora: wishes)]');
    expect(fresh).toContain('| topic `wish-events`, 3 partitions, 2 days | MSK | `no-shop-has-it` | - |');
  });

  test('names the decisions that exist, and no other', async () => {
    for (const [, link = ''] of (await page()).matchAll(/\]\((decisions\/[^)#]+\.md)\)/g))
      await expect(readFile(path.join(root, 'docs', link), 'utf8')).resolves.toMatch(/^# \d{4} /);
  });
});

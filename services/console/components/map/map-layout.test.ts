import { expect, test } from '@jest/globals';
import type { Topology } from '../../../contracts/http/operations/topology-api.ts';
import { layOutMap } from './map-layout.ts';

const service = (name: string) => ({ name, kind: 'web', runs: 'pods', status: 'healthy', replicas: 1 }) as const;
const shop: Topology = {
  services: ['gateway', 'order', 'product', 'mails', 'pages'].map(service),
  edges: [
    { service: 'gateway', relation: 'calls', kind: 'service', name: 'order' },
    { service: 'order', relation: 'calls', kind: 'service', name: 'product' },
    { service: 'order', relation: 'publishes', kind: 'topic', name: 'order' },
    { service: 'mails', relation: 'consumes', kind: 'topic', name: 'order' },
    { service: 'mails', relation: 'owns', kind: 'table', name: 'sent' },
    { service: 'product', relation: 'follows', kind: 'table', name: 'sent' },
    { service: 'order', relation: 'owns', kind: 'database', name: 'orders' },
  ],
};

test('every service and topic has a place of its own, and services are known by how they are', () => {
  const { nodes, width, height } = layOutMap(shop);
  expect(nodes.map(({ id }) => id).sort()).toEqual([
    'service/gateway',
    'service/mails',
    'service/order',
    'service/pages',
    'service/product',
    'topic/order',
  ]);
  for (const [at, a] of nodes.entries()) {
    expect(a.x - a.width / 2).toBeGreaterThanOrEqual(0);
    expect(a.x + a.width / 2).toBeLessThanOrEqual(width);
    expect(a.y + a.height / 2).toBeLessThanOrEqual(height);
    for (const b of nodes.slice(at + 1)) {
      const isApart =
        Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
      expect([a.id, b.id, isApart]).toEqual([a.id, b.id, true]);
    }
  }
  expect(nodes.find(({ id }) => id === 'service/order')?.status).toBe('healthy');
  expect(nodes.find(({ id }) => id === 'topic/order')?.status).toBeUndefined();
});

test('lines run as things flow: calls to the called, events by their topic, changes from the owner of their table', () => {
  const lines = layOutMap(shop).lines.map(({ from, to, relation }) => `${from} ${relation} ${to}`);
  expect(lines.sort()).toEqual([
    'service/gateway calls service/order',
    'service/mails follows service/product',
    'service/order calls service/product',
    'service/order publishes topic/order',
    'topic/order consumes service/mails',
  ]);
});

test('every line is drawn', () => {
  for (const { path } of layOutMap(shop).lines) expect(path).toMatch(/^M[\d.]+ [\d.]+ .*L[\d.]+ [\d.]+$/);
});

test('a shop of one service is a picture, too', () => {
  const { nodes, lines } = layOutMap({ services: [service('alone')], edges: [] });
  expect([nodes.length, lines.length]).toEqual([1, 0]);
});

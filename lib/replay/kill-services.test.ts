import { expect, test } from '@jest/globals';
import { requireKillable } from './kill-services.ts';

const databaseOf = { order: 'postgresql://order', payment: 'postgresql://payment' };

test('services with a relay can be killed, and so can whoever publishes the order events', () => {
  expect(() => requireKillable(['order', 'payment', 'relay'], databaseOf)).not.toThrow();
});

test('a service that nobody could find is refused before anything is bought', () => {
  expect(() => requireKillable(['order', 'notification'], databaseOf)).toThrow(
    '"notification" owns no database with a relay; kill one of order, payment or relay',
  );
});

import { expect, test } from '@jest/globals';
import { requireTargets } from './kill-services.ts';

test('services with a relay can be killed, and so can whoever publishes the order events', () => {
  expect(requireTargets(['order', 'payment', 'relay'])).toEqual(['order', 'payment', 'relay']);
});

test('a service that nobody could find is refused before anything is bought', () => {
  expect(() => requireTargets(['order', 'nix'])).toThrow('"nix" owns no database with a relay; kill some of');
});

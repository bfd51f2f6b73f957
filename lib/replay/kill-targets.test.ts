import { expect, test } from '@jest/globals';
import { runsOnThisMachine, services } from '../services.ts';
import { killTargets, requireTargets } from './kill-targets.ts';

test('every process of this machine can be killed: services, functions, PostgreSQL and the supervisor', () => {
  const some = [...services.filter(runsOnThisMachine).map(({ name }) => name), 'postgres', 'relay', 'supervisor'];
  expect(requireTargets(some)).toEqual(some);
  expect(killTargets).toEqual(expect.arrayContaining(some));
});

test('somebody whom nobody could find is refused before anything is bought', () => {
  expect(() => requireTargets(['order', 'nix'])).toThrow('"nix" is nobody who can be killed; name some of');
});

import { expect, test } from '@jest/globals';
import { killTargets } from '../replay/kill-targets.ts';
import { type Fault, type FaultKind, faultKinds, faultPlan } from './fault-plan.ts';

const first = (count: number, seed: number): Fault[] => {
  const plan = faultPlan(seed);
  return Array.from({ length: count }, () => plan.next().value);
};
/** As many as one deck may have. */
const DECK = 40;

test('the same seed plans the same faults, and another one others', () => {
  expect(first(DECK, 7)).toEqual(first(DECK, 7));
  expect(first(DECK, 8)).not.toEqual(first(DECK, 7));
});

test('every kind of fault, and a kill of everybody, comes in the first deck', () => {
  for (const seed of [0, 1, 2, 4_294_967_295]) {
    const faults = first(DECK, seed);
    expect([...new Set(faults.map(({ kind }) => kind))].sort()).toEqual(
      (Object.keys(faultKinds) as FaultKind[]).sort(),
    );
    const killed = new Set(faults.filter(({ kind }) => kind === 'kill').flatMap(({ targets }) => targets));
    expect([...killed].sort()).toEqual([...killTargets].sort());
  }
});

test('a pause is longer than the leases of relays and of the embedded log', () => {
  const pauses = first(200, 1).filter(({ kind }) => kind === 'pause');
  expect(pauses.length).toBeGreaterThan(5);
  expect(pauses.filter(({ lastsMs }) => lastsMs <= 5_000)).toEqual([]);
});

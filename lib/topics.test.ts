import { expect, test } from '@jest/globals';
import { topics } from '../services/contracts/events/topics.ts';
import { services } from './services.ts';

test('the table of topics and the manifests name the same topics with the same owners', () => {
  const published = services.flatMap(({ name, publishes }) => Object.keys(publishes).map((topic) => [topic, name]));
  const described = Object.entries(topics).map(([topic, { owner }]) => [topic, owner]);
  expect(published.toSorted()).toEqual(described.toSorted());
});

test('every topic that a manifest consumes is described', () => {
  const consumed = services.flatMap(({ consumes }) => consumes);
  expect(consumed.filter((topic) => !Object.hasOwn(topics, topic))).toEqual([]);
});

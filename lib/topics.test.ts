import { expect, test } from '@jest/globals';
import { topics } from '../services/contracts/events/topics.ts';
import { consumedTopics } from '../services/kit/manifest.ts';
import { services } from './services.ts';

test('the table of topics and the manifests name the same topics with the same owners', () => {
  const published = services.flatMap(({ name, publishes }) => Object.keys(publishes).map((topic) => [topic, name]));
  const described = Object.entries(topics).map(([topic, { owner }]) => [topic, owner]);
  expect(published.toSorted()).toEqual(described.toSorted());
});

test('every topic and type of event that a manifest consumes is described', () => {
  const described = Object.entries(topics).flatMap(([topic, { schema }]) =>
    schema.options.map(({ shape }) => `${topic} ${shape.type.value}`),
  );
  const consumed = services.flatMap(({ consumes }) =>
    Object.entries(consumes).flatMap(([topic, types]) =>
      types === 'all' ? [] : types.map((type) => `${topic} ${type}`),
    ),
  );
  expect(consumed.length).toBeGreaterThan(0);
  expect(consumed.filter((one) => !described.includes(one))).toEqual([]);
  expect(services.flatMap(consumedTopics).filter((topic) => !Object.hasOwn(topics, topic))).toEqual([]);
});

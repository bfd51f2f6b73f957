import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  assignPartitions,
  decodePartitions,
  decodeTopics,
  encodePartitions,
  encodeTopics,
} from './kafka-assignment.ts';
import { partitionOf } from './kafka-producer.ts';

const topics = ['cart-events', 'order-events', 'payment-events'];
const members = fc.uniqueArray(
  fc.record({ memberId: fc.string({ minLength: 1, maxLength: 4 }), topics: fc.subarray(topics) }),
  { minLength: 1, maxLength: 6, selector: ({ memberId }) => memberId },
);
const counts = fc
  .tuple(fc.nat(12), fc.nat(12), fc.nat(12))
  .map((sizes) => new Map(topics.map((topic, at) => [topic, sizes[at] as number])));

test('every partition that somebody wants goes to exactly one member that wants it, and nobody gets much more of a topic', () => {
  fc.assert(
    fc.property(members, counts, (group, partitions) => {
      const assigned = assignPartitions(group, partitions);
      for (const [topic, count] of partitions) {
        const takers = group.filter((member) => member.topics.includes(topic));
        const shares = group.map(
          ({ memberId }) => assigned.get(memberId)?.filter((each) => each.topic === topic) ?? [],
        );
        const dealt = shares.flat().map(({ partition }) => partition);
        expect(dealt.toSorted((a, b) => a - b)).toEqual(
          takers.length === 0 ? [] : Array.from({ length: count }, (_, partition) => partition),
        );
        const sizes = group.flatMap((member, at) => (takers.includes(member) ? [shares[at]?.length ?? 0] : []));
        if (sizes.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('who asks does not matter: any order of members gives the same shares', () => {
  fc.assert(
    fc.property(members, counts, (group, partitions) => {
      expect(assignPartitions(group.toReversed(), partitions)).toEqual(assignPartitions(group, partitions));
    }),
  );
});

test('wishes and shares survive the wire', () => {
  const share = [
    { topic: 'cart-events', partition: 0 },
    { topic: 'cart-events', partition: 5 },
    { topic: 'order-events', partition: 2 },
  ];
  expect(decodeTopics(encodeTopics(topics))).toEqual(topics);
  expect(decodePartitions(encodePartitions(share))).toEqual(share);
  expect(decodePartitions(encodePartitions([]))).toEqual([]);
});

test('a key goes where the producer of Java puts it', () => {
  // murmur2 of org.apache.kafka.common.utils.Utils; the values are of its own test (UtilsTest.testMurmur2).
  const known = { '21': -973932308, foobar: -790332482, 'a-little-bit-long-string': -985981536 };
  for (const [key, hash] of Object.entries(known)) expect(partitionOf(key, 1_000)).toBe((hash & 0x7fff_ffff) % 1_000);
});

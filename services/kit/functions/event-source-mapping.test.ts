import { describe, expect, it } from '@jest/globals';
import type { MSKEvent } from 'aws-lambda';
import {
  createEventSourceMapping,
  defaultMappingSettings,
  type Failure,
  type MappingSettings,
} from './event-source-mapping.ts';
import { type FunctionRecord, mskSource } from './msk-event.ts';

const records = (count: number): FunctionRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    topic: 'order-events',
    partition: 2,
    offset: 10 + index,
    key: 'ord_1',
    value: `event ${index}`,
    headers: { traceparent: '00-é' },
    timestamp: new Date(1_000),
  }));

const failed = (...offsets: number[]) => ({
  batchItemFailures: offsets.map((offset) => ({ itemIdentifier: { partition: 'order-events-2', offset } })),
});

/** Runs a mapping over a function that is told the offsets of its batch and the number of calls before. */
const mappingOver = (
  answer: (offsets: number[], call: number) => unknown,
  batchSize = 100,
  parts: Partial<MappingSettings> = {},
) => {
  const batches: number[][] = [];
  const dead: { offset: number; failure: Failure }[] = [];
  const pauses: number[] = [];
  const run = createEventSourceMapping({
    source: mskSource,
    settings: { ...defaultMappingSettings, batchSize, retryAttempts: 2, ...parts },
    invoke: async (event: MSKEvent) => {
      const offsets = Object.values(event.records).flatMap((group) => group.map(({ offset }) => offset));
      batches.push(offsets);
      return answer(offsets, batches.length - 1);
    },
    onFailure: async ({ offset }, failure) => {
      dead.push({ offset, failure });
    },
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
    },
    random: () => 0.5,
    now: () => new Date(5_000),
  });
  return { run, batches, dead, pauses };
};

describe('an event source mapping', () => {
  it('hands over batches in order, none larger than its size', async () => {
    const { run, batches } = mappingOver(() => undefined, 2);
    await run(records(5));
    expect(batches).toEqual([[10, 11], [12, 13], [14]]);
  });

  it('speaks as MSK does: base64 keys and values, headers as bytes, grouped by partition', async () => {
    let seen: MSKEvent | undefined;
    const run = createEventSourceMapping({
      source: mskSource,
      settings: defaultMappingSettings,
      invoke: async (event) => {
        seen = event;
      },
      onFailure: async () => undefined,
      pause: async () => undefined,
      random: () => 0,
      now: () => new Date(0),
    });
    await run(records(1));
    expect(seen?.eventSource).toBe('aws:kafka');
    expect(seen?.records).toEqual({
      'order-events-2': [
        {
          topic: 'order-events',
          partition: 2,
          offset: 10,
          timestamp: 1000,
          timestampType: 'CREATE_TIME',
          key: Buffer.from('ord_1').toString('base64'),
          value: Buffer.from('event 0').toString('base64'),
          headers: [{ traceparent: [48, 48, 45, 195, 169] }],
        },
      ],
    });
  });

  it('begins again at the lowest failed record of a partial answer, and leaves the handled ones alone', async () => {
    const { run, batches, dead } = mappingOver((_, call) => (call === 0 ? failed(13, 12) : failed()));
    await run(records(5));
    expect(batches).toEqual([
      [10, 11, 12, 13, 14],
      [12, 13, 14],
    ]);
    expect(dead).toEqual([]);
  });

  it('gives up a record after its retries, tells why, and goes on with the next', async () => {
    const { run, batches, dead, pauses } = mappingOver((offsets) => (offsets.includes(11) ? failed(11) : undefined));
    await run(records(3));
    expect(batches).toEqual([[10, 11, 12], [11, 12], [11, 12], [12]]);
    expect(dead.map(({ offset, failure }) => [offset, failure.attempts, failure.error.message])).toEqual([
      [11, 3, 'the function reported order-events-2 offset 11 as failed'],
    ]);
    expect(pauses).toEqual([100, 200]);
  });

  it('halves a batch whose function throws until the poison is alone, and keeps the order', async () => {
    const handled: number[] = [];
    const { run, dead } = mappingOver((offsets) => {
      if (offsets.includes(12)) throw new TypeError('cannot read it');
      handled.push(...offsets);
    });
    await run(records(6));
    expect(handled).toEqual([10, 11, 13, 14, 15]);
    expect(dead.map(({ offset, failure }) => [offset, failure.attempts, failure.error.name])).toEqual([
      [12, 3, 'TypeError'],
    ]);
  });

  it('gives up a record that is too old without a try', async () => {
    const { run, batches, dead } = mappingOver(() => undefined, 100, { oldestMs: 3_999 });
    await run(records(2));
    expect(batches).toEqual([]);
    expect(dead.map(({ offset, failure }) => [offset, failure.attempts, failure.error.message])).toEqual([
      [10, 0, 'the record is older than 3999 ms'],
      [11, 0, 'the record is older than 3999 ms'],
    ]);
  });

  it('goes on trying through an outage of minutes with its own settings', async () => {
    const { retryAttempts } = defaultMappingSettings;
    const isOver = () => pauses.reduce((sum, pauseMs) => sum + pauseMs, 0) > 90_000;
    const { run, dead, pauses } = mappingOver(() => (isOver() ? undefined : failed(10)), 100, { retryAttempts });
    await run(records(1));
    expect(dead).toEqual([]);
  });

  it.each([
    ['names a record that is not there', failed(99)],
    ['has an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['has a list of nothing', { batchItemFailures: [null] }],
    ['has no list', { batchItemFailures: 'all' }],
  ])('takes an answer that %s for a failure of the whole batch', async (_, answer) => {
    const { run, batches, dead } = mappingOver((__, call) => (call === 0 ? answer : undefined));
    await run(records(2));
    expect(batches).toEqual([
      [10, 11],
      [10, 11],
    ]);
    expect(dead).toEqual([]);
  });

  it.each([[undefined], [null], [{}], [{ batchItemFailures: [] }], [{ batchItemFailures: null }]])(
    'takes the answer %j for success',
    async (answer) => {
      const { run, batches } = mappingOver(() => answer);
      await run(records(2));
      expect(batches).toEqual([[10, 11]]);
    },
  );

  it('fails as a whole, so that nothing is committed, when the failure destination does', async () => {
    const run = createEventSourceMapping({
      source: mskSource,
      settings: { ...defaultMappingSettings, retryAttempts: 0 },
      invoke: async () => failed(10),
      onFailure: async () => {
        throw new Error('log is down');
      },
      pause: async () => undefined,
      random: () => 0,
      now: () => new Date(0),
    });
    await expect(run(records(1))).rejects.toThrow('log is down');
  });
});

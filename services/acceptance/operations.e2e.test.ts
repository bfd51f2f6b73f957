/** What somebody does at night who operates the shop, with the commands of the platform alone. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { EventLog } from '../kit/events/event-log.ts';
import { openEventLog } from '../kit/events/open-event-log.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { eventually } from '../kit/testing/condition.ts';
import { type RunningPlatform, startPlatform } from '../kit/testing/running-platform.ts';
import { newFilm, newGuest, signIn } from './testing/customer.ts';

let platform: RunningPlatform;
let log: EventLog;
let orderId: string;
beforeAll(async () => {
  platform = await startPlatform();
  log = await openEventLog({ url: platform.events, logger: createLogger('test', 'silent') });
  const staff = await signIn(platform.gateway, platform.staff);
  const productId = await newFilm(staff, 5);
  const guest = await newGuest(platform.gateway);
  const placed = await guest.order([{ productId, quantity: 1 }], {
    email: `${randomUUID()}@customers.example`,
  });
  orderId = placed.body.order.id;
});
afterAll(async () => {
  await log?.close();
  await platform?.stop();
});

const ask = async (...words: string[]) => {
  const { code, stdout, stderr } = await platform.cloudmart(...words, '--json');
  return { code, stderr, said: stdout === '' ? undefined : JSON.parse(stdout) };
};

test('every part that can be asked is healthy, and every pipeline is read and up to date', async () => {
  await eventually(async () => {
    const health = await ask('health');
    expect([health.code, health.said.status]).toEqual([0, 'healthy']);
  });
  const { said: shop } = await ask('topology');
  expect(shop.services.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['order', 'ledger']));
  expect(shop.edges).toContainEqual({ service: 'cart', relation: 'consumes', kind: 'topic', name: 'order-events' });
  await eventually(async () => {
    const { code, said } = await ask('pipelines');
    expect(said.pipelines.map(({ to, status }: Record<string, string>) => `${to} ${status}`)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/ (?!well$)/)]),
    );
    expect([code, said.pipelines.length > 8]).toEqual([0, true]);
  });
  expect((await ask('lag', '--behind', '600')).code).toBe(0);
});

test('the events of an order are shown, and the ledger has them as the order does', async () => {
  await eventually(async () => {
    const { said } = await ask('events', 'tail', '--key', orderId, '--limit', '200');
    expect(said.events.map(({ type }: { type: string }) => type)).toEqual(
      expect.arrayContaining(['order.placed.v1', 'order.paid.v1']),
    );
  });
  const { stdout } = await platform.cloudmart('events', 'tail', '--limit', '200');
  expect(stdout).toContain(orderId);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  const { code, said } = await ask('events', 'check');
  expect([code, said.findings]).toEqual([0, []]);
  expect((await ask('events', 'repair')).code).toBe(2);
});

test('the statements that took the most time of a database are named, without their values', async () => {
  const { code, said } = await ask('db', 'slow', '--database', 'orders', '--limit', '100');
  expect([code, said.lacking]).toEqual([0, null]);
  const statements: readonly { query: string; calls: number; totalMs: number }[] = said.statements;
  const written = statements.find(({ query }) => /\bINSERT INTO orders\b/i.test(query));
  expect(written).toMatchObject({ calls: expect.any(Number), query: expect.stringContaining('$1') });
  const totals = statements.map(({ totalMs }) => totalMs);
  expect(totals).toEqual(totals.toSorted((one, other) => other - one));
  expect(JSON.stringify(statements)).not.toContain(orderId);
});

test('a poison record becomes a dead letter, comes back when it is replayed, and rests once it is discarded', async () => {
  await log.append('payment-events', [{ key: 'pay_poison', value: 'no event at all' }]);
  const listed = async (...words: string[]) =>
    (await ask('dlq', 'list', '--topic', 'payment-events', ...words)).said.items;
  await eventually(async () => expect(await listed()).toHaveLength(1));
  const [letter] = await listed();
  expect(letter).toMatchObject({ consumer: 'order', reason: 'invalid', key: 'pay_poison', state: 'new' });
  expect((await ask('dlq', 'list')).code).toBe(1);
  expect((await ask('dlq', 'show', letter.id)).said.record.value).toBe('no event at all');

  const dry = await ask('dlq', 'replay', '--all', '--topic', 'payment-events', '--dry-run');
  expect(dry.said.results).toEqual([{ id: letter.id, result: 'would-replay' }]);
  const replay = () => ask('dlq', 'replay', letter.id, '--reason', 'a try');
  expect((await replay()).said.results).toEqual([{ id: letter.id, result: 'replayed' }]);
  expect((await replay()).said.results).toEqual([{ id: letter.id, result: 'done' }]);
  await eventually(async () => expect(await listed('--state', 'new')).toMatchObject([{ replays: 1 }]));
  const [again] = await listed('--state', 'new');
  const discarded = await ask('dlq', 'review', again.id, '--decision', 'discard', '--reason', 'never an event');
  expect([discarded.code, discarded.said.deadLetter.state]).toEqual([0, 'discarded']);
  expect((await ask('dlq', 'list')).code).toBe(0);
  const { said } = await ask('acts');
  expect(said.items.map(({ act, outcome, reason }: Record<string, string>) => [act, outcome, reason])).toEqual([
    ['dead-letters.review', 'done', 'never an event'],
    ['dead-letters.replay', 'done', 'a try'],
  ]);
});

test('a consumer that works is not moved, and one that stands still goes where the plan says', async () => {
  const reset = (consumer: string, ...words: string[]) =>
    ask('offsets', 'reset', '--consumer', consumer, '--topic', 'order-events', '--to', 'earliest', ...words);
  const busy = await reset('cart', '--dry-run');
  expect([busy.code, busy.stderr]).toEqual([1, expect.stringContaining('group.active')]);
  const seen: string[] = [];
  const subscription = await log.subscribe({
    group: 'a-report',
    topics: ['order-events'],
    handle: async (records) => {
      seen.push(...records.map(({ key }) => key));
    },
  });
  await eventually(() => expect(seen).toContain(orderId));
  await subscription.close();
  const planned = await eventually(async () => {
    const answer = await reset('a-report', '--dry-run');
    expect(answer.code).toBe(0);
    return answer.said.plan as { from: number; to: number }[];
  });
  expect(planned.every(({ to }) => to === 0)).toBe(true);
  expect(planned.some(({ from }) => from > 0)).toBe(true);
  expect((await reset('a-report')).code).toBe(2);
  const moved = await reset('a-report', '--reason', 'the report is made anew');
  expect([moved.code, moved.said.isExecuted]).toEqual([0, true]);
  expect((await log.lag('a-report')).every(({ committed }) => committed === 0)).toBe(true);
});

describe('a command whose dependency is away ends with 1, one sentence and, with --json, JSON', () => {
  const administrator = async (database: string) => {
    const [state, secrets] = await Promise.all(
      ['state.json', 'secrets.json'].map(async (name) =>
        JSON.parse(await readFile(`${platform.folder}/${name}`, 'utf8')),
      ),
    );
    const client = new pg.Client({
      host: '127.0.0.1',
      port: state.postgres.port,
      user: 'cloudmart',
      password: secrets.administrator,
      database,
    });
    await client.connect();
    return client;
  };
  /** Refuses every connection to a database until the returned function is called. */
  const shut = async (database: string) => {
    const client = await administrator('postgres');
    await client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`);
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
    return async () => {
      await client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`);
      await client.end();
    };
  };
  /** Freezes the operations service, which then holds connections and answers nobody. */
  const freeze = async () => {
    const list = JSON.parse(await readFile(`${platform.folder}/processes.json`, 'utf8')) as {
      name: string;
      pid: number;
    }[];
    const pid = list.find(({ name }) => name === 'operations')?.pid as number;
    process.kill(pid, 'SIGSTOP');
    return async () => void process.kill(pid, 'SIGCONT');
  };

  const ofService = [
    'topology',
    'health',
    'acts',
    'db pool --database orders',
    'cache analyse',
    'events check',
    'incident list',
    'lag',
  ];
  const ofDatabase = ['acts', 'incident list', 'maintenance list', 'dlq list'];
  const ofLog = [
    'events tail',
    'lag',
    'pipelines',
    'offsets reset --consumer a-report --topic order-events --to earliest --dry-run',
  ];
  test.each([
    ['the operations service', freeze, ofService],
    ['its database', () => shut('operations'), ofDatabase],
    ['the event log', () => shut('events'), ofLog],
  ])('%s', async (_, takeAway, commands) => {
    const bringBack = await takeAway();
    try {
      const answers = await Promise.all(
        commands.map(async (command) => ({ command, ...(await platform.cloudmart(...command.split(' '), '--json')) })),
      );
      for (const { command, code, stdout, stderr } of answers) {
        expect([command, code]).toEqual([command, 1]);
        expect([command, stderr]).toEqual([
          command,
          expect.stringMatching(/^(waiting for [^\n]+\n)?cloudmart: [^\n]+\n$/),
        ]);
        expect([command, stderr]).not.toEqual([command, expect.stringMatching(/ at (file:|\/)|Error:/)]);
        expect([command, JSON.parse(stdout)]).toEqual([
          command,
          { error: { code: expect.any(String), message: expect.any(String) } },
        ]);
      }
    } finally {
      await bringBack();
    }
    await eventually(async () => expect((await ask('acts')).code).toBe(0));
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../testing/condition.ts';
import { type TestLog, testLog } from '../testing/event-logs/log-fixtures.ts';

const source = fileURLToPath(new URL('../testing/sample-job.ts', import.meta.url));

let events: TestLog;
const running: ChildProcess[] = [];
beforeAll(async () => {
  events = await testLog();
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => events.drop());

/** Starts the process, and notes once it says that it is ready. */
const startJob = (environment: Record<string, string>) => {
  const child = spawn(process.execPath, [source], { env: environment, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  running.push(child);
  const seen = { isReady: false, complaint: '' };
  child.on('message', (message) => {
    seen.isReady ||= message === 'ready';
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    seen.complaint += text;
  });
  return { child, seen };
};

const passedOn = async () => (await events.readAll('trend-events')).map(({ value }) => value);

test('an aggregator makes its topics, waits for those it reads, drains when it is told to end, and goes on where it was', async () => {
  const environment = { EVENTS_URL: events.url };
  const first = startJob(environment);
  await eventually(async () => expect(await events.log.topics()).toContain('trend-events'));
  expect(first.seen.isReady).toBe(false);

  await events.log.createTopics({ 'stock-events': { partitions: 1, retentionDays: 1 } });
  await eventually(() => expect(first.seen.isReady).toBe(true));
  await events.log.append('stock-events', [{ key: 'film', value: '1' }]);
  await eventually(async () => expect(await passedOn()).toEqual(['1']));
  first.child.kill('SIGTERM');
  expect(await once(first.child, 'exit')).toEqual([0, null]);

  await events.log.append('stock-events', [{ key: 'film', value: '2' }]);
  const second = startJob(environment);
  await eventually(async () => expect(await passedOn()).toEqual(['1', '2']));
  expect(second.seen.complaint).toBe('');
});

test('an aggregator without a log is refused in the words of a service', async () => {
  const { child, seen } = startJob({});
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(seen.complaint).toMatch(
    /services\/trends cannot start with this environment:\n(.*\n)*\s+EVENTS_URL: is missing/,
  );
});

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openEventLog } from '../../services/kit/events/open-event-log.ts';
import { consumedTopics } from '../../services/kit/manifest.ts';
import { createLogger } from '../../services/kit/telemetry/logger.ts';
import { eventually } from '../../services/kit/testing/condition.ts';
import { type KafkaBroker, startKafkaBroker } from '../../services/kit/testing/event-logs/kafka-broker.ts';
import { readTopic } from '../../services/kit/testing/event-logs/read-topic.ts';
import { freePortBase } from '../../services/kit/testing/loopback.ts';
import { sentMailsOf, services } from '../services.ts';
import type { PurchaseProof } from '../shop/purchase.ts';
import type { UpReport } from './up.ts';

/** A report with the proof of a purchase. */
type Bought = UpReport & PurchaseProof;

const run = promisify(execFile);
const START_MS = 400_000;
const environment = { PATH: process.env['PATH'], TMPDIR: tmpdir() };

let place: string;
let broker: KafkaBroker;
let child: ChildProcess | undefined;

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'cloudmart-up-kafka-'));
  // Else the account that runs PostgreSQL for root could not enter, and its files would stay in /var/lib.
  await chmod(place, 0o711);
  broker = await startKafkaBroker();
});
afterAll(async () => {
  if (child && child.exitCode === null) {
    const gone = once(child, 'close');
    child.kill('SIGTERM');
    await gone;
  }
  await broker.drop();
  await rm(place, { recursive: true, force: true });
});

const cloudmart = (...parameters: string[]) => ['bin/cloudmart.ts', ...parameters, '--data', path.join(place, 'data')];

test('a shop on Kafka goes from nothing to a paid and mailed order, and every law holds', async () => {
  const parameters = cloudmart('up', '--json', '--port-base', String(await freePortBase()), '--events', broker.url);
  child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const report = await eventually(
    () => {
      if (child?.exitCode !== null) throw new Error(`it ended: ${text.stderr}`);
      return JSON.parse(text.stdout.trim().split('\n').at(-1) as string) as Bought;
    },
    { timeoutMs: START_MS, everyMs: 300 },
  );
  expect(report).toMatchObject({ order: { state: 'paid', items: 2 }, charge: { status: 'captured' } });
  const isMailed = sentMailsOf(services) !== undefined;
  const mail = report.mail && (await (await fetch(report.mail.url)).text());
  expect(mail?.includes(report.order.id) ?? false).toBe(isMailed);

  const log = await openEventLog({ url: broker.url, logger: createLogger('test', 'silent') });
  const topics = await log.topics();
  expect(topics).toEqual(expect.arrayContaining(['order-events', 'payment-events', 'inventory-events']));
  const keys = new Set((await readTopic(log, 'order-events')).map(({ key }) => key));
  expect(keys).toContain(report.order.id);
  expect(await log.groups()).toEqual(
    expect.arrayContaining(services.filter((service) => consumedTopics(service).length > 0).map(({ name }) => name)),
  );
  await log.close();

  const { stdout } = await run(process.execPath, cloudmart('laws', '--json'), { env: environment });
  const { violations, laws } = JSON.parse(stdout) as { violations: number; laws: { id: string; checked: number }[] };
  expect(violations).toBe(0);
  for (const id of ['I5', 'I9', 'I12', ...(isMailed ? ['I14'] : [])])
    expect(laws.find((law) => law.id === id)?.checked ?? 0).toBeGreaterThan(0);
});

test('a Kafka that is not there refuses the start in one sentence', async () => {
  const refused = (events: string) =>
    run(process.execPath, cloudmart('up', '--json', '--events', events), { env: environment }).then(
      () => undefined,
      ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as { error: { code: string } }).error.code,
    );
  expect(await refused('kafka://127.0.0.1:9')).toBe('events.unreachable');
});

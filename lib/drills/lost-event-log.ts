import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { type EventLog, UnknownTopic } from '../../services/kit/events/event-log.ts';
import { openEventLog } from '../../services/kit/events/open-event-log.ts';
import { consumedTopics, usesEvents } from '../../services/kit/manifest.ts';
import { createLogger } from '../../services/kit/telemetry/logger.ts';
import { type ClusterDoor, inDatabase } from '../backups/open-cluster.ts';
import { databaseOwners } from '../databases/declared-roles.ts';
import { holdRelay, publishAgain } from '../databases/publish-again.ts';
import { askPlatform } from '../local/control/ask-platform.ts';
import { EVENTS_DATABASE, prepareDatabases } from '../local/postgres/databases.ts';
import { readSecrets } from '../local/secrets.ts';
import { runsOnThisMachine, sentMailsOf, services } from '../services.ts';
import { pauseUnless } from '../shop/patiently.ts';
import type { Drill, DrillCheck, DrillContext } from './drill.ts';

const POLL_MS = 200;
const HANDLED_WITHIN_MS = 120_000;

const publishers = services.filter(({ owns, publishes }) => owns.database && Object.keys(publishes).length > 0);
const consumers = services.filter((service) => runsOnThisMachine(service) && consumedTopics(service).length > 0);
const restarted = services.filter((service) => runsOnThisMachine(service) && usesEvents(service));

/** Does the same in the database of each publisher, and adds up what came of it. */
const inOutboxes = async (door: ClusterDoor, work: (client: pg.Client) => Promise<number>): Promise<number> => {
  let sum = 0;
  for (const { database } of databaseOwners(publishers)) sum += await inDatabase(door, database, work);
  return sum;
};

const countOf = async (client: pg.Client, question: string, values: readonly unknown[] = []): Promise<number> => {
  const { rows } = await client.query<{ count: string }>(question, [...values]);
  return Number(rows[0]?.count);
};

/** Events that consumers have set aside; a service that consumes nothing has a table without rows. */
const countParked = (door: ClusterDoor) =>
  inOutboxes(door, (client) => countOf(client, 'SELECT count(*) FROM parked_events'));

/** The next offset of every partition that consumers read. */
const endsOf = async (log: EventLog): Promise<ReadonlyMap<string, number>> => {
  const topics = new Set(consumers.flatMap(consumedTopics));
  const offsets = await Promise.all([...topics].map((topic) => log.offsets(topic)));
  return new Map(offsets.flat().map(({ topic, partition, end }) => [`${topic}/${partition}`, end]));
};

/** Whether every consumer has a place in everything that it reads, and has come this far. */
const haveHandled = async (log: EventLog, ends: ReadonlyMap<string, number>): Promise<boolean> => {
  for (const consumer of consumers) {
    const lag = await log.lag(consumer.name);
    for (const topic of consumedTopics(consumer)) {
      const places = lag.filter((place) => place.topic === topic);
      const isBehind = places.some((place) => place.committed < (ends.get(`${topic}/${place.partition}`) ?? 0));
      if (places.length === 0 || isBehind) return false;
    }
  }
  return true;
};

/** Resolves once all that was written until now is published and handled by everybody. */
const untilHandled = async (door: ClusterDoor, { state, signal }: DrillContext) => {
  const log = await openEventLog({ url: state.events, logger: createLogger('drill', 'silent') });
  const until = performance.now() + HANDLED_WITHIN_MS;
  const wait = async (what: string) => {
    if (performance.now() > until) throw new Error(`${what} within ${HANDLED_WITHIN_MS / 1000} s`);
    await pauseUnless(signal, POLL_MS);
  };
  const written = new Date();
  const countWaiting = (client: pg.Client) =>
    countOf(client, 'SELECT count(*) FROM outbox WHERE published_at IS NULL AND created_at < $1', [written]);
  try {
    while ((await inOutboxes(door, countWaiting)) > 0) await wait('the outboxes did not drain');
    const ends = await endsOf(log);
    while (!(await haveHandled(log, ends))) await wait('the consumers did not come as far as the log');
  } finally {
    await log.close();
  }
};

/** Whether nothing is left of the log: it knows none of its topics. */
const isEmpty = async (url: string): Promise<boolean> => {
  const log = await openEventLog({ url, logger: createLogger('drill', 'silent') });
  try {
    await log.offsets('order-events');
    return false;
  } catch (problem) {
    if (problem instanceof UnknownTopic) return true;
    throw problem;
  } finally {
    await log.close();
  }
};

/** Mails that went out more than once, by what their sender says of each. */
const doubledMails = async (dataFolder: string): Promise<string[]> => {
  const sender = sentMailsOf(services)?.service;
  const text = sender === undefined ? '' : await readFile(path.join(dataFolder, 'logs', `${sender}.log`), 'utf8');
  const sent = text.split('\n').flatMap((line) => {
    if (!line.includes('"outcome":"sent"')) return [];
    return [String((JSON.parse(line) as { notificationId?: unknown }).notificationId)];
  });
  return [...new Set(sent.filter((id, at) => sent.indexOf(id) !== at))];
};

/** Stands for a lost cluster of Kafka: on this machine the log is a database beside those of the services. */
export const lostEventLog: Drill = {
  name: 'lost-event-log',
  sentence:
    'the event log is lost with all that it held and every place of every consumer, and is filled again from the outboxes',
  run: async (context): Promise<readonly DrillCheck[]> => {
    const { state, say, signal, afterPurchases } = context;
    const secrets = await readSecrets(state.dataFolder);
    const door = { port: state.postgres.port, password: secrets.administrator };
    const parked = await countParked(door);

    say('dropping the event log');
    await inDatabase(door, 'postgres', (client) => client.query(`DROP DATABASE "${EVENTS_DATABASE}" WITH (FORCE)`));
    await afterPurchases(3);

    say('making the log anew, with nobody allowed to publish yet');
    await inOutboxes(door, async (client) => {
      await holdRelay(client);
      return 0;
    });
    await prepareDatabases(door.port, secrets, services);
    const wasEmpty = await isEmpty(state.events);
    say(`starting ${restarted.length} services anew, which make their topics`);
    const quietly = { progress: () => undefined, signal };
    await Promise.all(
      restarted.map(({ name }) => askPlatform(state.dataFolder, { act: 'restart', service: name }, quietly)),
    );
    const again = await inOutboxes(door, publishAgain);
    say(`${again} events are published again`);
    await untilHandled(door, context);
    await afterPurchases(5);
    const doubled = await doubledMails(state.dataFolder);
    return [
      { sentence: 'the new log held nothing', holds: wasEmpty },
      {
        sentence: `${again} events were published again, and every consumer handled or dropped them`,
        holds: again > 0,
      },
      { sentence: 'no consumer set one of them aside', holds: (await countParked(door)) === parked },
      {
        sentence: `no mail went out twice${doubled.length > 0 ? `: ${doubled.join(', ')}` : ''}`,
        holds: doubled.length === 0,
      },
    ];
  },
};

/** Stories of events: what a sound build does in the very moment in which each planted bug shows. */
import pg from 'pg';
import { addToOutbox } from '../../../services/kit/events/outbox.ts';
import type { Database, Sql } from '../../../services/kit/storage/database.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { anEvent } from '../../../services/kit/testing/event-logs/log-fixtures.ts';
import type { InvariantVerdict } from '../invariants.ts';
import { faultsOfHoldings, type Holding } from '../lease-watch.ts';
import { createMortal, type EventRoom, openEventRoom, TOPIC } from './event-room.ts';
import { type Judgement, judgeStory } from './judge-story.ts';
import { openReplayDesk } from './replay-desk.ts';

type EventStory = (room: EventRoom, judgement: Judgement) => Promise<InvariantVerdict[]>;

const marked = (room: EventRoom, id: string) =>
  eventually(async () => {
    if (!(await room.isMarked(id))) throw new Error(`${id} is not published`);
  });

/** The log is away for one moment. */
const logIsAway: EventStory = async (room, judgement) => {
  let isAway = true;
  await room.publish([anEvent('ord_1', 1), anEvent('ord_2', 1)]);
  await room.startRelay({
    log: {
      append: async (topic, records) => {
        if (isAway) {
          isAway = false;
          throw new Error('the broker does not answer');
        }
        await room.log.append(topic, records);
      },
    },
  });
  await marked(room, 'evt_ord_1_1');
  return judgeStory(room.facts(false), judgement);
};

/** A transaction takes its place in the outbox first and commits last. */
const lateCommit: EventStory = async (room, judgement) => {
  await room.startRelay();
  const late = new pg.Client({ connectionString: room.store.url });
  await late.connect();
  const sql: Sql = {
    query: async (text, values = []) => {
      const { rows, rowCount } = await late.query(text, [...values]);
      return { rows: rows as never[], rowCount: rowCount ?? 0 };
    },
  };
  try {
    await late.query('BEGIN');
    await addToOutbox(sql, TOPIC, [anEvent('ord_late', 1)]);
    await room.publish([anEvent('ord_early', 1)]);
    await marked(room, 'evt_ord_early_1');
    await late.query('COMMIT');
  } finally {
    await late.end();
  }
  return judgeStory(room.facts(false), judgement);
};

/** A publisher stands still between reading and appending, for longer than its lease lasts. */
const frozenPublisher: EventStory = async (room, judgement) => {
  const holdings: Holding[] = [];
  const thaw = Promise.withResolvers<void>();
  const stoodStill = Promise.withResolvers<void>();
  const asked = new Map<string, number>();
  const start = (holder: string, freezes: boolean) => {
    let epoch = 0;
    const query = async (...parameters: Parameters<Database['query']>) => {
      const [text, , options] = parameters;
      if (text.includes('expires_at < clock_timestamp()')) asked.set(holder, (asked.get(holder) ?? 0) + 1);
      const answer = await room.store.database.query<{ epoch?: string }>(...parameters);
      if (answer.rows[0]?.epoch !== undefined) epoch = Number(answer.rows[0].epoch);
      if (freezes && options?.name === 'outbox-turn' && answer.rows.length > 0) {
        stoodStill.resolve();
        await thaw.promise;
      }
      return answer;
    };
    return room.startRelay({
      owner: holder,
      leaseMs: 500,
      database: { ...room.store.database, query: query as Database['query'] },
      log: {
        append: async (topic, records) => {
          holdings.push({ place: 'orders', holder, epoch });
          await room.log.append(topic, records);
        },
      },
    });
  };
  await room.publish([anEvent('ord_1', 1)]);
  await start('first', true);
  await stoodStill.promise;
  await start('second', false);
  await marked(room, 'evt_ord_1_1');
  thaw.resolve();
  // It has seen that its lease is over once it asks for another one.
  await eventually(() => {
    if ((asked.get('first') ?? 0) < 2) throw new Error('the first publisher has not gone on');
  });
  await room.publish([anEvent('ord_1', 2)]);
  await marked(room, 'evt_ord_1_2');
  return judgeStory(room.facts(false), judgement, async () => [
    { letter: 'L', checked: holdings.length, violations: faultsOfHoldings(holdings) },
  ]);
};

/** A handler fails once, after it was handed its events. */
const failingHandler: EventStory = async (room, judgement) => {
  let fails = true;
  await room.startConsumer(async (event, tx) => {
    await room.takeEffect(event, tx);
    if (!fails) return;
    fails = false;
    throw new Error('the handler failed');
  });
  await room.startRelay();
  await room.publish([anEvent('ord_1', 1), anEvent('ord_2', 1)]);
  await marked(room, 'evt_ord_2_1');
  await room.caughtUp();
  return judgeStory(room.facts(true), judgement, async () => [await room.effects()]);
};

/** An event comes twice, as it does when a publisher is killed before it could note what it did. */
const repeatedEvent: EventStory = async (room, judgement) => {
  await room.startConsumer(room.takeEffect);
  await room.startRelay();
  const event = anEvent('ord_1', 1);
  await room.publish([event]);
  await marked(room, event.id);
  const again = { key: event.subject, value: JSON.stringify(event), headers: { id: event.id, type: event.type } };
  await room.log.append(TOPIC, [again]);
  await room.caughtUp();
  return judgeStory(room.facts(true), judgement, async () => [await room.effects()]);
};

/** A consumer is killed with an event in its hands. */
const killedConsumer: EventStory = async (room, judgement) => {
  const mortal = createMortal();
  const inHand = Promise.withResolvers<void>();
  const log = room.logOver(mortal.using(room.logStore.open()), 500);
  await room.startConsumer(
    async () => {
      mortal.die();
      inHand.resolve();
      throw new Error('killed');
    },
    { log, database: mortal.using(room.store.open()) },
  );
  await room.startRelay();
  await room.publish([anEvent('ord_1', 1)]);
  await inHand.promise;
  await room.startConsumer(room.takeEffect);
  await room.caughtUp();
  const verdicts = await judgeStory(room.facts(true), judgement, async () => [await room.effects()]);
  await log.close();
  return verdicts;
};

/** One subject changes several times. */
const manyChanges: EventStory = async (room, judgement) => {
  await room.publish([1, 2, 3, 4, 5, 6].map((sequence) => anEvent('ord_1', sequence)));
  await room.startRelay();
  await marked(room, 'evt_ord_1_6');
  return judgeStory(room.facts(false), judgement);
};

/** Staff replay a dead letter while the log is away for one moment, and once more when it is back. */
const replayWhileLogIsAway: EventStory = async (room, judgement) => {
  let isMended = false;
  await room.startConsumer((event, tx) => {
    if (!isMended) throw new Error('the handler is broken');
    return room.takeEffect(event, tx);
  });
  await room.startRelay();
  await room.publish([anEvent('ord_1', 1)]);
  const desk = await openReplayDesk(room.log, TOPIC);
  try {
    await eventually(async () => {
      if ((await desk.waiting()) === 0) throw new Error('nothing was put aside');
    });
    isMended = true;
    await desk.replay({ isLogAway: true });
    await desk.replay({ isLogAway: false });
    await room.caughtUp();
    const facts = () => ({ ...room.facts(true)(), operations: desk.read });
    return await judgeStory(facts, judgement, async () => [await room.effects()]);
  } finally {
    await desk.close();
  }
};

const told =
  (story: EventStory) =>
  async (judgement: Judgement): Promise<InvariantVerdict[]> => {
    const room = await openEventRoom();
    try {
      return await story(room, judgement);
    } finally {
      await room.close();
    }
  };

/** Each by its planted bug. */
export const eventStories = {
  'marked-before-the-log-has-it': told(logIsAway),
  'cursor-skips-late-commits': told(lateCommit),
  'lease-without-fence': told(frozenPublisher),
  'inbox-apart-from-effect': told(failingHandler),
  'inbox-by-offset': told(repeatedEvent),
  'offset-before-work': told(killedConsumer),
  'partitioned-by-event': told(manyChanges),
  'replayed-before-the-log-has-it': told(replayWhileLogIsAway),
} as const;

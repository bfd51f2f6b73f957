import type { PlantedBug } from './planted-bug.ts';

const RELAY = 'services/kit/events/relay.ts';
const HANDLING = 'services/kit/events/event-handling.ts';

/** Bugs of publishing and consuming events. */
export const eventBugs: readonly PlantedBug[] = [
  {
    name: 'marked-before-the-log-has-it',
    sentence: 'an event counts as published before the log has taken it',
    caughtBy: 'D',
    edits: [
      {
        file: RELAY,
        find: '      appended.push(...(await append(topic, ofTopic)));\n',
        replace:
          '      appended.push(...ofTopic.map(({ id }) => id));\n      await turn(epoch, 0);\n      await append(topic, ofTopic);\n',
      },
    ],
  },
  {
    name: 'cursor-skips-late-commits',
    sentence: 'the publisher remembers the highest position and looks no more below it',
    caughtBy: 'D',
    edits: [
      {
        file: RELAY,
        find: '  WHERE published_at IS NULL AND NOT (id = ANY ($2::text[]))',
        replace:
          '  WHERE position > coalesce((SELECT max(position) FROM outbox WHERE published_at IS NOT NULL), 0) AND published_at IS NULL AND NOT (id = ANY ($2::text[]))',
      },
    ],
  },
  {
    name: 'lease-without-fence',
    sentence: 'a publisher that stood still goes on with what it had read',
    caughtBy: 'L',
    edits: [{ file: RELAY, find: '      if (!lease.isHeld()) return 0;\n', replace: '' }],
  },
  {
    name: 'inbox-apart-from-effect',
    sentence: 'that an event was handled is noted in another transaction than its effect',
    caughtBy: 'E',
    edits: [
      {
        file: HANDLING,
        find: '      const isDone = await database.transaction(async (tx) => {\n        const keys',
        replace:
          '      const early = await acceptNew(database, consumer, received.map(({ event }) => event.id));\n      const isDone = await database.transaction(async (tx) => {\n        const keys',
      },
      { file: HANDLING, find: 'const fresh = await acceptNew(tx, consumer, ids);', replace: 'const fresh = early;' },
    ],
  },
  {
    name: 'inbox-by-offset',
    sentence: 'an event is known by its place in the log, and is new when it comes again',
    caughtBy: 'E',
    edits: [
      {
        file: HANDLING,
        find: 'const ids = received.map(({ event }) => event.id);',
        replace: `const ids = received.map(({ record }) => \`\${record.partition}:\${record.offset}\`);`,
      },
      {
        file: HANDLING,
        find: 'const isNew = fresh.delete(event.id);',
        replace: `const isNew = fresh.delete(\`\${record.partition}:\${record.offset}\`);`,
      },
    ],
  },
  {
    name: 'offset-before-work',
    sentence: 'a consumer says that it is done with an event before it handles it',
    caughtBy: 'D',
    edits: [
      {
        file: 'services/kit/events/embedded/embedded-subscription.ts',
        find: '    await handle(records, { owns, signal: closing.signal });\n',
        replace: `    const early = new Map(records.map((record) => [placeOf(record), record.offset + 1]));
    for (const [place, partition] of taken) partition.next = early.get(place) as number;
    handled = [...taken.values()];
    await turn([]);
    await handle(records, { owns, signal: closing.signal });
`,
      },
    ],
  },
  {
    name: 'partitioned-by-event',
    sentence: 'the key of a record is its event and not its subject',
    caughtBy: 'Q',
    edits: [
      {
        file: RELAY,
        find: 'const recordOf = ({ id, key, type, value, traceparent }: Row): NewRecord => ({\n  key,',
        replace: 'const recordOf = ({ id, type, value, traceparent }: Row): NewRecord => ({\n  key: id,',
      },
    ],
  },
  {
    name: 'replayed-before-the-log-has-it',
    sentence: 'a dead letter counts as replayed before its topic has it again',
    caughtBy: 'D',
    edits: [
      {
        file: 'services/operations/dead-letters/replay-dead-letters.ts',
        find: '    const gone = await putBack(log, taken);\n',
        replace: "    await letters.settle(taken, 'replayed');\n    const gone = await putBack(log, taken);\n",
      },
    ],
  },
];

/**
 * A process that is one member of a group: `node log-member.ts <url> <group> <topic> [<most>]`. Prints each record that it
 * handled, and keeps the next one in hand for good once it has handled so many; made to be killed.
 */

import { openEventLog } from '../../events/open-event-log.ts';
import { createLogger } from '../../telemetry/logger.ts';

const [url, group, topic, most] = process.argv.slice(2);
if (!url || !group || !topic) throw new Error('usage: node log-member.ts <url> <group> <topic> [<most>]');
let left = most === undefined ? Number.POSITIVE_INFINITY : Number(most);

const log = await openEventLog({ url, logger: createLogger('log-member', 'silent') });
await log.subscribe({
  group,
  topics: [topic],
  maxRecords: 20,
  handle: async (records, delivery) => {
    for (const record of records) {
      if (left-- <= 0) await new Promise(() => undefined);
      if (delivery.owns(record)) process.stdout.write(`${JSON.stringify([record.key, record.value])}\n`);
    }
  },
});

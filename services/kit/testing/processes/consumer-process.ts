/**
 * A process of a service that consumes: `node consumer-process.ts <database url> <log url> <group> <topic>`; made to be
 * killed. The effect of an event is a row of the table `effect`.
 */

import type { CloudEvent } from '../../events/cloud-event.ts';
import { createConsumer } from '../../events/consumer.ts';
import { openEventLog } from '../../events/open-event-log.ts';
import { createDatabase } from '../../storage/database.ts';
import { systemClock } from '../../system-clock.ts';
import { createLogger } from '../../telemetry/logger.ts';

const [url, logUrl, group, topic] = process.argv.slice(2);
if (!url || !logUrl || !group || !topic)
  throw new Error('usage: node consumer-process.ts <database url> <log url> <group> <topic>');

const logger = createLogger('consumer', 'silent');
const database = createDatabase({ url, connections: 4, logger });
const log = await openEventLog({ url: logUrl, logger });
await createConsumer({
  ...{ service: group, database, log, logger, clock: systemClock },
  parse: (value) => JSON.parse(value) as CloudEvent,
  handlers: {
    [topic]: async (event, tx) => {
      await tx.query('INSERT INTO effect (key, sequence) VALUES ($1, $2)', [event.subject, event.sequence]);
    },
  },
}).start();

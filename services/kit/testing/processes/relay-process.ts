/** A process that publishes an outbox: `node relay-process.ts <database url> <log url> <lease in ms>`; made to be frozen and killed. */

import { openEventLog } from '../../events/open-event-log.ts';
import { createRelay } from '../../events/relay.ts';
import { createDatabase } from '../../storage/database.ts';
import { systemClock } from '../../system-clock.ts';
import { createLogger } from '../../telemetry/logger.ts';

const [url, logUrl, leaseMs] = process.argv.slice(2);
if (!url || !logUrl || !leaseMs) throw new Error('usage: node relay-process.ts <database url> <log url> <lease in ms>');

const logger = createLogger('relay', 'silent');
const database = createDatabase({ url, connections: 2, logger });
const log = await openEventLog({ url: logUrl, logger });
await createRelay({ database, log, clock: systemClock, logger, owner: 'order', leaseMs: Number(leaseMs) }).start();

/** A process that migrates: `node migrating-process.ts <database url> <folder>`; made to be killed. Prints `done` and the names at its end. */
import { createDatabase } from '../../storage/database.ts';
import { migrate } from '../../storage/migrate.ts';
import { createLogger } from '../../telemetry/logger.ts';

const [url, folder] = process.argv.slice(2);
if (!url || !folder) throw new Error('usage: node migrating-process.ts <database url> <folder>');

const database = createDatabase({ url, connections: 1, logger: createLogger('migrating-process', 'silent') });
const names = await migrate(database, folder);
process.stdout.write(`done ${names.join(' ')}\n`);
await database.close();

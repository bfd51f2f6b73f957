/** Process that stands for CloudFront on this machine: `HTTP_PORT=... [API_URL=...] main.mjs --folder DIR --site JSON`. */
import { parseArgs } from 'node:util';
import closeWithGrace from 'close-with-grace';
import * as z from 'zod';
import { createLogger } from '../telemetry/logger.ts';
import { createFileServer } from './file-server.ts';

const DRAIN_MS = 5_000;

const variables = z.object({
  HTTP_PORT: z.coerce.number().int().min(1).max(65_535),
  BIND_ADDRESS: z.string().default('0.0.0.0'),
  API_URL: z.url().optional(),
});
/** Answer of `/config.json`, and headers of every file. */
const site = z.strictObject({ config: z.record(z.string(), z.unknown()), headers: z.record(z.string(), z.string()) });

const { values } = parseArgs({ options: { folder: { type: 'string' }, site: { type: 'string' } } });
if (!values.folder || !values.site)
  throw new Error('usage: HTTP_PORT=... [API_URL=...] main.mjs --folder DIR --site JSON');

const { HTTP_PORT: port, BIND_ADDRESS: host, API_URL: apiUrl } = variables.parse(process.env);
const logger = createLogger('file-server', 'info');
const { config, headers } = site.parse(JSON.parse(values.site));
const app = await createFileServer({ folder: values.folder, config, headers, apiUrl, logger });
await app.listen({ host, port });
closeWithGrace({ delay: DRAIN_MS, logger: false }, async ({ err }) => {
  if (err) logger.fatal({ error: err }, 'stopping after an error that nobody caught');
  await app.close();
});
logger.info({ http: port }, 'ready');

/** Lambda entry: built once when the sandbox starts, called once a batch. */
import { readConfig } from '../kit/config/config.ts';
import type { BatchAnswer } from '../kit/functions/handle-batch.ts';
import type { IncomingEvent } from '../kit/functions/read-records.ts';
import { systemClock } from '../kit/system-clock.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { startTraceExport } from '../kit/telemetry/trace-export.ts';
import { ledgerApp } from './app.ts';
import { ledgerConfig } from './config.ts';
import { manifest } from './manifest.ts';

const config = await readConfig(manifest, ledgerConfig);
const logger = createLogger(manifest.name, config.logLevel);
const traces = await startTraceExport(config.traces, { service: manifest.name, isPublic: false }, logger);
const app = ledgerApp({ config, logger, clock: systemClock });

export const handler = (event: IncomingEvent): Promise<BatchAnswer> => app(event).finally(traces.flush);

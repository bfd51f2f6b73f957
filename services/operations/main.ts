import { runService } from '../kit/start/run-service.ts';
import { operationsApp } from './app.ts';
import { operationsConfig } from './config.ts';
import { manifest } from './manifest.ts';

await runService(manifest, operationsConfig, operationsApp);

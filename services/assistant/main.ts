import { runService } from '../kit/start/run-service.ts';
import { assistantApp } from './app.ts';
import { assistantConfig } from './config.ts';
import { manifest } from './manifest.ts';

await runService(manifest, assistantConfig, assistantApp);

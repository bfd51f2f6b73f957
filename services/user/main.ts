import { runService } from '../kit/start/run-service.ts';
import { userApp } from './app.ts';
import { userConfig } from './config.ts';
import { manifest } from './manifest.ts';

await runService(manifest, userConfig, userApp);

import { runService } from '../kit/start/run-service.ts';
import { orderApp } from './app.ts';
import { orderConfig } from './config.ts';
import { manifest } from './manifest.ts';

await runService(manifest, orderConfig, orderApp);

import { runService } from '../kit/run-service.ts';
import { orderApp } from './app.ts';
import { orderConfig } from './config.ts';
import { manifest } from './manifest.ts';

await runService(manifest, orderConfig, orderApp);

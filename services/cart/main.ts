import { runService } from '../kit/start/run-service.ts';
import { cartApp } from './app.ts';
import { cartConfig } from './config.ts';
import { manifest } from './manifest.ts';

await runService(manifest, cartConfig, cartApp);

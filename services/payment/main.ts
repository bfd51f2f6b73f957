import { runService } from '../kit/start/run-service.ts';
import { paymentApp } from './app.ts';
import { paymentConfig } from './config.ts';
import { manifest } from './manifest.ts';

await runService(manifest, paymentConfig, paymentApp);

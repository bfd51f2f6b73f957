import { runService } from '../kit/start/run-service.ts';
import { productApp } from './app.ts';
import { productConfig } from './config.ts';
import { manifest } from './manifest.ts';

await runService(manifest, productConfig, (context) => productApp(context));

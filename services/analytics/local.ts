/** Entry of the process that stands for Flink outside AWS. */
import { z } from 'zod';
import { runLocalJob } from '../kit/stream-jobs/run-local-job.ts';
import { analyticsApp } from './app.ts';
import { manifest } from './manifest.ts';

await runLocalJob(manifest, z.object({}), analyticsApp);

/** A service that runs as a process of its own in the tests of the kit: from source and from a bundle. */
import * as z from 'zod';
import { openCache } from '../cache/open-cache.ts';
import type { ServiceContext } from '../context.ts';
import { createGrpcServer } from '../grpc/grpc-server.ts';
import { createHttpServer } from '../http/http-server.ts';
import { defineService } from '../manifest.ts';
import { runService } from '../start/run-service.ts';
import type { RunningService } from '../start/running-service.ts';
import { echoDefinition } from './echo-definition.ts';

const manifest = defineService({
  name: 'sample',
  kind: 'web+grpc',
  summary: 'A service of the tests.',
  ports: { http: 9001, grpc: 9002 },
  owns: {},
  publishes: {},
  consumes: {},
  calls: [],
  cache: true,
  criticalFunctions: [{ file: 'sample-service.ts', name: 'greet' }],
  configuration: {
    FAULT: {
      description: 'What goes wrong: nothing, forget, start, hang, hang-briefly or dirty.',
      kind: 'plain',
      default: 'nothing',
    },
    SIGNING_KEY: { description: 'Signs greetings.', kind: 'secret' },
  },
  scaling: { min: 1, max: 1, cpuPercent: 50 },
  size: { cpuMillis: 100, memoryMiB: 128 },
});

const config = z.object({
  FAULT: z.enum(['nothing', 'forget', 'start', 'hang', 'hang-briefly', 'dirty']),
  SIGNING_KEY: z.string().min(16),
});

const greet = (name: string) => ({ text: `hello ${name}` });

const sampleApp = async (context: ServiceContext<z.output<typeof config>>): Promise<RunningService> => {
  const { logger, stopping } = context;
  const { FAULT: fault } = context.config.own;
  if (fault === 'start') throw new Error('postgresql://sample:hunter2@db/sample does not answer');
  if (fault !== 'forget') context.functions.register({ greet });
  const cache = openCache(context.config.cache ?? 'memory:');
  const http = await createHttpServer({ context, cache });
  const say = (step: string) => () => {
    logger.info({ step }, 'step');
  };

  http.post(
    '/greetings',
    {
      config: { access: 'public' },
      schema: {
        body: z.strictObject({ name: z.string().min(1) }),
        response: { 200: z.strictObject({ text: z.string() }) },
      },
    },
    async (request) => greet(request.body.name),
  );
  // Answers only once the shut-down has begun: a request that is in flight at the worst moment.
  http.get('/until-stopped', { config: { access: 'public' } }, async () => {
    logger.info({ step: 'request in flight' }, 'step');
    if (!stopping.aborted) await new Promise((resolve) => stopping.addEventListener('abort', resolve));
    return { text: 'finished' };
  });
  const grpc = createGrpcServer({ context }).add(echoDefinition, {
    echo: async (request) => request,
    async *count() {
      yield { text: '1' };
    },
  });
  return {
    http,
    grpc,
    background: [
      {
        name: 'work',
        start: say('work started'),
        stop: () => {
          say('work stopped')();
          if (fault === 'dirty') throw new Error('work does not stop');
          return fault.startsWith('hang') ? new Promise(() => undefined) : undefined;
        },
      },
    ],
    resources: [
      { name: 'first', close: say('first closed') },
      { name: 'cache', close: () => cache.close() },
    ],
  };
};

// The time limit is reached in one test alone; a busy machine must not reach it in the others.
const drainMs = process.env['FAULT'] === 'hang-briefly' ? 500 : 20_000;

await runService(manifest, config, sampleApp, { drainMs });

import { operationsDoors } from '../contracts/http/operations/operations-doors.ts';
import { platformMapSchema } from '../contracts/http/operations/topology-api.ts';
import type { ServiceContext } from '../kit/context.ts';
import { addDoors } from '../kit/http/doors.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { openDatabase } from '../kit/start/open-owned.ts';
import { required } from '../kit/start/required.ts';
import { createHealthClient } from './clients/health-client.ts';
import { topologyHandlers } from './http/topology-handlers.ts';
import { askHealth } from './topology/ask-health.ts';
import { countReplicas } from './topology/count-replicas.ts';

/** Wires the service: what main.ts runs and what the tests run. */
export const operationsApp = async (context: ServiceContext) => {
  const { manifest, config, clock, health, functions } = context;
  const database = await openDatabase(context);
  const platform = platformMapSchema.parse(JSON.parse(required(context, 'PLATFORM_MAP', config.platformMap)));
  const healthClient = createHealthClient();
  functions.register({ askHealth });

  const http = await createHttpServer({ context });
  addDoors(http, operationsDoors, {
    ...topologyHandlers({
      platform,
      clock,
      self: manifest.name,
      ask: (name) => {
        const url = config.callees[name]?.url;
        return url === undefined ? undefined : healthClient.ask(url);
      },
      ownHealth: async () => ({
        ...(await health.report()),
        uptimeSeconds: Math.floor(process.uptime()),
        memoryMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
      }),
      replicasOf: async (name) => {
        const address = config.callees[name]?.grpc;
        return address === undefined ? null : countReplicas(address);
      },
    }),
  });

  return {
    http,
    resources: [
      { name: 'health', close: () => healthClient.close() },
      { name: 'database', close: () => database.close() },
    ],
  };
};

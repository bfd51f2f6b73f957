import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { freePort } from '../../../services/kit/testing/loopback.ts';
import { partOf } from '../../testing/real-part.ts';
import { createMissingTables, enableStreams } from './declared-tables.ts';
import { describeTableStreams } from './table-streams.conformance.ts';
import { streamingService } from './testing/streaming-service.ts';

describeTableStreams(async () => {
  const libraries = path.join(partOf('REAL_DYNAMODB'), 'libs');
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = spawn(
    'java',
    [
      ...['-Xmx256m', `-Djava.library.path=${libraries}`, '-cp', `${libraries}/*`],
      ...['software.amazon.dynamodb.services.local.main.ServerRunner', '-inMemory', '-disableTelemetry'],
      ...['-port', String(port)],
    ],
    { stdio: 'ignore' },
  );
  const gone = once(server, 'exit');
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await eventually(() => client.send(new ListTablesCommand({})));
  client.destroy();
  // The tables of an earlier version, which had no streams.
  const withoutStreams = Object.fromEntries(
    Object.entries(streamingService.owns.tables ?? {}).map(([name, table]) => [name, { ...table, stream: false }]),
  );
  await createMissingTables(endpoint, [{ ...streamingService, owns: { tables: withoutStreams } }]);
  await enableStreams(endpoint, [streamingService]);
  return {
    endpoint,
    stop: async () => {
      server.kill('SIGTERM');
      await gone;
    },
  };
});

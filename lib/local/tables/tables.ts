/** The embedded DynamoDB: dynalite on loopback, kept in the data folder. */
import type { RequestListener, Server } from 'node:http';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { StartRefused } from '../start-refused.ts';
import { type ChangeStream, captureChanges } from './change-capture.ts';
import { createMissingTables, declaredTables } from './declared-tables.ts';
import { openItemStore, storedTable } from './item-store.ts';
import { createStreamDoor, type StreamDoor } from './stream-door.ts';

export type Tables = { readonly port: number; readonly names: readonly string[]; close(): Promise<void> };

const DAY_MS = 24 * 3_600_000;

const refuseDamaged = (folder: string, problem: Error): never => {
  const { cause, message } = problem;
  throw new StartRefused(
    'data.corrupt',
    `the tables in ${folder} cannot be opened (${cause instanceof Error ? cause.message : message}); restore them from a backup, or move the data folder away to start with empty data`,
    { cause: problem },
  );
};

/**
 * Dynalite lets every web page in (`access-control-allow-origin: *`); the tables are for this machine's processes alone.
 * What is asked of streams goes to their door, once there is one.
 */
const guardDoor = (server: Server, streams: () => StreamDoor | undefined) => {
  const [answer] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request').on('request', (request, response) => {
    const { origin, host = '' } = request.headers;
    if (origin === undefined && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) {
      const door = streams();
      return door?.takes(request) ? door.answer(request, response) : answer?.(request, response);
    }
    request.resume();
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ code: 'host.foreign', detail: 'the tables answer processes of this machine only' }));
  });
};

/** Opens the kept tables and creates those that manifests declare and nobody made yet. Items past their expiry are not deleted here. */
export const startTables = async (
  folder: string,
  port: number,
  services: readonly ServiceManifest[],
): Promise<Tables> => {
  const { server, store } = await openItemStore(folder).catch((problem: Error) => refuseDamaged(folder, problem));
  let door: StreamDoor | undefined;
  let trimming: NodeJS.Timeout | undefined;
  guardDoor(server, () => door);
  const now = () => new Date();
  const streamed = declaredTables(services).filter(([, { stream }]) => stream);
  const streams: ChangeStream[] = [];
  const capture = async () => {
    for (const [name] of streamed) {
      const isCaptured = streams.some(({ table }) => table === name);
      if (!isCaptured && (await storedTable(store, name))) streams.push(await captureChanges(store, name, now));
    }
  };
  // Ahead of the first request: a process of a platform that was killed may still write.
  await capture();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const listening = typeof address === 'object' && address ? address.port : port;
  const close = () =>
    new Promise<void>((resolve, reject) => {
      clearInterval(trimming);
      server.close((problem?: Error) => (problem ? reject(problem) : resolve()));
      server.closeAllConnections();
    });
  try {
    await createMissingTables(`http://127.0.0.1:${listening}`, services);
    await capture();
    const missing = streamed.find(([name]) => !streams.some(({ table }) => table === name));
    if (missing) throw new Error(`the changes of table ${missing[0]} are not captured; nothing would follow it`);
    door = createStreamDoor(streams, now);
    // A day of running, not of the calendar: what a machine that was off could not read is not lost with its age.
    trimming = setInterval(
      () => Promise.all(streams.map((stream) => stream.trim(now()))).catch(() => undefined),
      DAY_MS,
    );
    trimming.unref();
  } catch (problem) {
    await close();
    throw problem;
  }
  return { port: listening, names: declaredTables(services).map(([name]) => name), close };
};

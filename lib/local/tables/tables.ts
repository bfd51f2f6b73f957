/** The embedded DynamoDB: dynalite on loopback, kept in the data folder. */
import type { RequestListener, Server } from 'node:http';
import { createRequire } from 'node:module';
import dynalite from 'dynalite';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { StartRefused } from '../start-refused.ts';
import { createMissingTables, declaredTables } from './declared-tables.ts';

export type Tables = { readonly port: number; readonly names: readonly string[]; close(): Promise<void> };

type Store = { open(): Promise<void>; close(): Promise<void> };

/** Opens the files once: dynalite itself never answers again when they are damaged. */
const checkFiles = async (folder: string) => {
  const { Level } = createRequire(import.meta.resolve('dynalite'))('level') as { Level: new (folder: string) => Store };
  const store = new Level(folder);
  try {
    await store.open();
  } catch (problem) {
    const { cause, message } = problem as Error;
    throw new StartRefused(
      'data.corrupt',
      `the tables in ${folder} cannot be opened (${cause instanceof Error ? cause.message : message}); restore them from a backup, or move the data folder away to start with empty data`,
      { cause: problem },
    );
  } finally {
    await store.close();
  }
};

/** Dynalite lets every web page in (`access-control-allow-origin: *`); the tables are for this machine's processes alone. */
const keepPagesOut = (server: Server) => {
  const [answer] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request').on('request', (request, response) => {
    const { origin, host = '' } = request.headers;
    if (origin === undefined && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return answer?.(request, response);
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
  await checkFiles(folder);
  const server = dynalite({ path: folder, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  keepPagesOut(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const listening = typeof address === 'object' && address ? address.port : port;
  const close = () =>
    new Promise<void>((resolve, reject) => {
      server.close((problem?: Error) => (problem ? reject(problem) : resolve()));
      server.closeAllConnections();
    });
  await createMissingTables(`http://127.0.0.1:${listening}`, services).catch(async (problem: unknown) => {
    await close();
    throw problem;
  });
  return { port: listening, names: declaredTables(services).map(([name]) => name), close };
};

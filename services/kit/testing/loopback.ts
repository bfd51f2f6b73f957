/** Ports of this machine for tests: free ones, that only this machine reaches. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Lets the server listen on a free port of 127.0.0.1 and tells which. A server of `node:http` is one of these too. */
export const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
};

/** Ends a server of `node:http` without waiting for its connections, be they in the middle of an answer. */
export const hangUp = async (server: Server & { closeAllConnections(): void }): Promise<void> => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
};

/** A port at which nobody listens: none is assigned to it, only root may, and `fetch` does not refuse it as a bad one. */
export const closedPort = 4;

/** The listening server, or nothing if somebody else has the port. */
const take = (port: number) =>
  new Promise<Server | undefined>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server.unref()));
  });

const isFree = async (port: number) => {
  const server = await take(port);
  if (server) await new Promise((resolve) => server.close(resolve));
  return server !== undefined;
};

// Below 32768, where Linux takes the ports of outgoing connections from. Whoever listens on the first port of a block has the
// others of it to himself until his process ends, also between two starts of what listens there.
const blocks = { from: 10_000, count: 380, size: 10 };
const bases = { from: 14_000, count: 10, step: 100, lock: 13_800 };
/** Families of ports that `--port-base` makes, each a thousand above the one before. */
const familiesOfBase = 4;

/** Numbers below `count` in turn, from a random one on. */
const inTurn = (count: number) => {
  const first = Math.floor(Math.random() * count);
  return Array.from({ length: count }, (_, at) => (first + at) % count);
};

let unused: number[] = [];
const claimBlock = async () => {
  for (const at of inTurn(blocks.count)) {
    const first = blocks.from + at * blocks.size;
    if (await take(first)) return Array.from({ length: blocks.size - 1 }, (_, next) => first + 1 + next);
  }
  throw new Error(`every block of ports from ${blocks.from} on is taken by another test process`);
};

/** A free port that no other test is given, for a program that is told its port and keeps it when it is started again. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    if (unused.length === 0) unused = await claimBlock();
    const port = unused.shift() as number;
    if (await isFree(port)) return port;
  }
};

/** Different free ports. */
export const freePorts = async (count: number): Promise<number[]> => {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
};

/** A base for `--port-base` that no other test is given, all of whose ports are free. */
export const freePortBase = async (): Promise<number> => {
  for (const at of inTurn(bases.count)) {
    const base = bases.from + at * bases.step;
    const lock = await take(bases.lock + at);
    if (!lock) continue;
    const families = Array.from({ length: familiesOfBase }, (_, family) => base + 1_000 * family);
    const ports = families.flatMap((from) => Array.from({ length: bases.step }, (_, next) => from + next));
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return base;
    lock.close();
  }
  throw new Error('no base for --port-base is free; end what listens on ports from 14000 to 17999');
};

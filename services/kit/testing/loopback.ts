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

/** Different ports that nobody holds, for a program that is told its ports and keeps them when it is started again. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map(listen));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

/** A port that nobody holds. */
export const freePort = async (): Promise<number> => (await freePorts(1))[0] as number;

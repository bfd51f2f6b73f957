/** Ports of this machine that nobody uses, for what runs beside a shop. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { requireFreePorts } from '../local/port-holder.ts';
import { portsInUse } from '../local/ports.ts';
import { StartRefused } from '../local/start-refused.ts';

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Below the ports that Linux takes for outgoing connections, from 32768 on, and the 4,000 above a base fit. */
const BASES = { from: 18_000, count: 10_000 };
const TRIES = 20;

/** A base for `--port-base` all of whose ports were free a moment ago. Throws `StartRefused` where none is found. */
export const freePortBase = async (services: readonly ServiceManifest[]): Promise<number> => {
  for (let tries = 1; ; tries += 1) {
    const base = BASES.from + Math.floor(Math.random() * BASES.count);
    try {
      await requireFreePorts(portsInUse(services, base));
      return base;
    } catch (problem) {
      if (!(problem instanceof StartRefused) || tries === TRIES) throw problem;
    }
  }
};

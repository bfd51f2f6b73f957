/** Starts bundles once before they ship: what is wired wrongly loads all the same, and fails only where it runs. */
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import type { Bundle } from '../../bundle/bundle.ts';
import { openDataFolder } from '../../local/data-folder.ts';
import { requireFreePorts } from '../../local/port-holder.ts';
import { PEER_PORTS, portsInUse, shiftPort } from '../../local/ports.ts';
import { prepareDatabases } from '../../local/postgres/databases.ts';
import { type Postgres, startPostgres } from '../../local/postgres/postgres.ts';
import { keepSecrets } from '../../local/secrets.ts';
import { type Placement, planProcess } from '../../local/service-plan.ts';
import { superviseProcess } from '../../local/service-process.ts';
import { localSizes } from '../../local/size.ts';
import { StartRefused } from '../../local/start-refused.ts';

export type DryStarts = {
  /** Resolves once the service is ready; throws one sentence with its last words when it will not be. Its neighbours are away. */
  start(service: ServiceManifest, bundle: Bundle): Promise<void>;
  /** Ends PostgreSQL and removes what it kept. */
  close(): Promise<void>;
};

/** A start takes one to two seconds on an idle machine. */
const READY_WITHIN_MS = 120_000;
const GRACE_MS = 5_000;
/** Bases whose ports neither the platform nor, on Linux, outgoing connections use, and the first of the ports that lock them. */
const BASES = { from: 20_000, step: 100, count: 80, locks: 13_900 };
const TRIES = 20;

type PortBase = { readonly portBase: number; release(): Promise<void> };

/** Takes a base that is free and that no other dry start takes meanwhile: whoever has it listens on its lock. */
const takePortBase = async (services: readonly ServiceManifest[], tries = TRIES): Promise<PortBase> => {
  const at = Math.floor(Math.random() * BASES.count);
  const portBase = BASES.from + at * BASES.step;
  const lock = createServer().unref();
  const release = async () => {
    if (lock.listening) await new Promise((resolve) => lock.close(resolve));
  };
  try {
    await once(lock.listen({ port: BASES.locks + at, host: '127.0.0.1', exclusive: true }), 'listening');
    await requireFreePorts(portsInUse(services, portBase));
    return { portBase, release };
  } catch (problem) {
    await release();
    const isTaken =
      (problem instanceof StartRefused && problem.code === 'port.taken') ||
      (problem as NodeJS.ErrnoException).code === 'EADDRINUSE';
    if (tries > 1 && isTaken) return takePortBase(services, tries - 1);
    throw problem;
  }
};

type Peers = { readonly placement: Placement; readonly postgres: Postgres; close(): Promise<void> };

const startPeers = async (services: readonly ServiceManifest[]): Promise<Peers> => {
  const place = await mkdtemp(path.join(tmpdir(), 'cloudmart-trial-'));
  // Else the account that runs PostgreSQL for root could not enter, and its files would stay in /var/lib.
  await chmod(place, 0o711);
  const folder = await openDataFolder(path.join(place, 'data'));
  for (const name of ['logs', 'mail', 'buckets', 'compile-cache']) await mkdir(folder.at(name), { mode: 0o700 });
  const { portBase, release } = await takePortBase(services);
  const secrets = await keepSecrets(folder, services, false);
  const postgres = await startPostgres({
    folder,
    logFile: folder.at('logs', 'postgres.log'),
    port: shiftPort(PEER_PORTS.postgres, portBase),
    password: secrets.administrator,
  });
  await prepareDatabases(postgres.port, secrets, services);
  return {
    placement: { folder, portBase, secrets, services, size: localSizes.small },
    postgres,
    close: async () => {
      await postgres.stop(GRACE_MS);
      await release();
      folder.release();
      await rm(place, { recursive: true, force: true });
      await rm(postgres.cluster, { recursive: true, force: true });
    },
  };
};

/** @param services all of the platform: where callees would be follows from their manifests */
export const openDryStarts = (services: readonly ServiceManifest[]): DryStarts => {
  let peers: Promise<Peers> | undefined;
  return {
    start: async (service, bundle) => {
      peers ??= startPeers(services);
      const { placement } = await peers;
      const child = superviseProcess(planProcess(service, { own: bundle, started: bundle }, placement), {
        say: () => undefined,
      });
      const deadline = new AbortController();
      try {
        await Promise.race([
          child.ready,
          pause(READY_WITHIN_MS, undefined, { signal: deadline.signal }).then(() => {
            throw new Error(`${service.name} was not ready within ${READY_WITHIN_MS / 1000} s`);
          }),
        ]);
      } catch (problem) {
        throw new Error(`the bundle of ${service.name} does not start: ${(problem as Error).message}`, {
          cause: problem,
        });
      } finally {
        deadline.abort();
        await child.stop(GRACE_MS);
      }
    },
    close: async () => {
      // Peers that could not be started were reported by the first start.
      await peers?.then(
        ({ close }) => close(),
        () => undefined,
      );
    },
  };
};

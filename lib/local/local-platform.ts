/** The whole platform on this machine: databases, tables, mailbox and every service, started and ended in order. */
import { mkdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type ServiceManifest, usesEvents } from '../../services/kit/manifest.ts';
import { requireWholeRestore } from '../backups/restoring.ts';
import { publicDoorOf, sentMailsOf } from '../services.ts';
import { hasWarehouse, type LocalWarehouse, startWarehouse, WAREHOUSE_FILE } from '../warehouse/local-warehouse.ts';
import { bundleInChild } from './bundle-in-child.ts';
import { type ControlServer, openControl } from './control/control-server.ts';
import { type DataFolder, openDataFolder, requireDatabases } from './data-folder.ts';
import { SERVICES_GRACE_MS, startServices, stopServices } from './local-services.ts';
import { type Mailbox, startMailbox } from './mailbox.ts';
import { requireFreePorts } from './port-holder.ts';
import { PEER_PORTS, portsInUse, shiftPort } from './ports.ts';
import { checkpoint, prepareDatabases } from './postgres/databases.ts';
import { clustersOf } from './postgres/postgres-account.ts';
import { type SupervisedPostgres, supervisePostgres } from './postgres/supervise-postgres.ts';
import { openProcessList, readProcessList } from './process-list.ts';
import { cutLog } from './process-log.ts';
import type { Progress } from './progress.ts';
import { keepSecrets } from './secrets.ts';
import { localAddresses, type Placement } from './service-plan.ts';
import type { ServiceProcess } from './service-process.ts';
import { type LocalSizeName, localSizes } from './size.ts';
import { explainDiskFault } from './start-refused.ts';
import { type LocalState, removeState, writeState } from './state.ts';
import { tableEnvironment } from './tables/declared-tables.ts';
import { startTables, type Tables } from './tables/tables.ts';

export type PlatformOptions = {
  /** Root of the checkout, whose services are bundled. */
  readonly root: string;
  /** Folder of everything that is remembered. */
  readonly data: string;
  readonly portBase?: number | undefined;
  /** `kafka://` URL of a log to use instead of the embedded one. */
  readonly events?: string | undefined;
  /** What it may take of this machine; default `fast`. */
  readonly size?: LocalSizeName | undefined;
  readonly services: readonly ServiceManifest[];
  readonly progress: Progress;
  /** Aborted to give up a start that is under way. */
  readonly signal: AbortSignal;
};

export type LocalPlatform = {
  readonly state: LocalState;
  readonly folder: DataFolder;
  readonly processes: readonly ServiceProcess[];
  /** Has PostgreSQL write out what a later stop would have to. */
  flush(): Promise<void>;
  /** Ends services, then peers, within about 5 s. */
  stop(): Promise<void>;
};

/** Folders that other accounts of this machine have no business in. */
const PRIVATE_FOLDERS = ['logs', 'mail', 'buckets', 'bundles', 'tables', 'warehouse', 'compile-cache', 'control'];

/** From the signal to the moment when PostgreSQL is stopped the hard way; Ctrl-C ends everything within 5 s. */
const STOP_WITHIN_MS = 4700;
/** Processes of a platform that was killed end by themselves: services within 5 s, PostgreSQL after its shutdown. */
const KILLED_GONE_WITHIN_MS = 15_000;
const LOG_CHECK_MS = 30_000;

const describeState = (
  placement: Placement,
  {
    server,
    mails,
    figures,
    size,
  }: {
    readonly server: SupervisedPostgres;
    readonly mails: Mailbox;
    readonly figures: LocalWarehouse | undefined;
    readonly size: LocalSizeName;
  },
): LocalState => {
  const { folder, secrets, portBase, services, events } = placement;
  const at = localAddresses(placement);
  const gateway = publicDoorOf(services);
  const withStaff = services.find(({ configuration }) => 'STAFF_PASSWORD' in configuration);
  const eventsUser = services.find(usesEvents);
  const mailer = sentMailsOf(services);
  return {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    startedWith: { portBase, events, size },
    dataFolder: folder.path,
    gateway: gateway ? at.http(gateway) : '',
    mailbox: mails.url,
    ...(mailer && { mailer: mailer.service }),
    services: services.map((service) => ({
      name: service.name,
      kind: service.kind,
      ...(service.ports.http !== undefined && { url: at.http(service) }),
      ...(service.ports.grpc !== undefined && { grpc: at.grpc(service) }),
    })),
    postgres: { port: server.port, cluster: server.cluster },
    databases: Object.fromEntries(
      services.flatMap((service) =>
        service.owns.database ? [[service.owns.database, at.database(service, service.owns.database)]] : [],
      ),
    ),
    events: eventsUser ? at.events(eventsUser) : '',
    tables: tableEnvironment(`http://127.0.0.1:${shiftPort(PEER_PORTS.tables, portBase)}`),
    ...(figures && { warehouse: figures.url }),
    mailFolder: folder.at('mail'),
    staff: {
      email: withStaff?.configuration['STAFF_EMAIL']?.default ?? '',
      password: (withStaff && secrets.configuration[withStaff.name]?.['STAFF_PASSWORD']) ?? '',
    },
  };
};

/**
 * Starts everything and resolves when every service is ready. When it rejects (`StartRefused`, or the reason of the
 * aborted signal) everything that was started is ended again and the data are as they were.
 */
export const startLocalPlatform = async (options: PlatformOptions): Promise<LocalPlatform> => {
  const { services, progress, portBase, events, size = 'fast', signal } = options;
  const processes: ServiceProcess[] = [];
  let postgres: SupervisedPostgres | undefined;
  let tables: Tables | undefined;
  let mailbox: Mailbox | undefined;
  let warehouse: LocalWarehouse | undefined;
  let logWatch: NodeJS.Timeout | undefined;
  let control: ControlServer | undefined;
  let flush = async () => {};
  const bundling = new AbortController();

  const folder = await progress.step('Checking this machine', async () => {
    if (events !== undefined) await (await import('./given-event-log.ts')).requireEventLog(events);
    const opened = await openDataFolder(options.data);
    try {
      await requireWholeRestore(opened);
      const wasKilled = (await readProcessList(opened.path)).length > 0;
      await requireFreePorts(portsInUse(services, portBase), wasKilled ? KILLED_GONE_WITHIN_MS : 0);
      return opened;
    } catch (problem) {
      opened.release();
      throw problem;
    }
  });
  const list = openProcessList(folder.path, progress.line);
  const stop = async () => {
    const stopBy = performance.now() + STOP_WITHIN_MS;
    clearInterval(logWatch);
    bundling.abort();
    control?.close();
    // The last checkpoint is short when most was written while the services drained.
    const flushed = Promise.race([flush().catch(() => undefined), pause(SERVICES_GRACE_MS, undefined, { ref: false })]);
    await Promise.all([stopServices(processes, services), flushed]);
    await Promise.all([
      tables?.close(),
      mailbox?.close(),
      warehouse?.close(),
      postgres?.stop(Math.max(0, stopBy - performance.now())),
    ]);
    await Promise.all([removeState(folder.path), list.close()]);
    folder.release();
  };

  try {
    for (const name of PRIVATE_FOLDERS) await mkdir(folder.at(name), { recursive: true, mode: 0o700 });
    const names = services.map(({ name }) => name);
    const bundles = bundleInChild(
      options.root,
      names,
      folder.at('bundles'),
      AbortSignal.any([signal, bundling.signal]),
    );
    const clusters = await clustersOf(folder);
    await requireDatabases(folder, clusters);
    const secrets = await keepSecrets(folder, services, clusters.length > 0);
    const placement: Placement = { folder, portBase, secrets, services, events, size: localSizes[size] };
    const peers = await progress.step('Starting PostgreSQL, tables, mailbox and warehouse', async (detail) => {
      const server = await supervisePostgres(
        {
          folder,
          logFile: folder.at('logs', 'postgres.log'),
          port: shiftPort(PEER_PORTS.postgres, portBase),
          password: secrets.administrator,
          settings: localSizes[size].postgres,
          signal,
        },
        {
          say: progress.line,
          changed: (state, pid, restarts) => list.set({ name: 'postgres', pid, state, restarts }),
        },
      );
      postgres = server;
      const { port, outside, cluster } = server;
      if (outside) detail(`data of PostgreSQL lie in ${cluster}: its account cannot enter ${folder.path}`);
      flush = () => checkpoint(port, secrets);
      signal.throwIfAborted();
      await prepareDatabases(port, secrets, services);
      tables = await startTables(folder.at('tables'), shiftPort(PEER_PORTS.tables, portBase), services);
      const mails = await startMailbox(folder.at('mail'), shiftPort(PEER_PORTS.mailbox, portBase));
      mailbox = mails;
      if (services.some(hasWarehouse))
        warehouse = await startWarehouse(
          folder.at('warehouse', WAREHOUSE_FILE),
          shiftPort(PEER_PORTS.warehouse, portBase),
        );
      return { server, mails, figures: warehouse, size };
    });
    signal.throwIfAborted();
    await progress.step('Bundling and starting the services', (detail) =>
      startServices({ placement, bundles, processes, list, say: progress.line, detail, signal }),
    );
    control = await openControl(folder, processes, progress.line);
    const state = { ...describeState(placement, peers), ...(control && { control: control.file }) };
    await writeState(state);
    const logs = [...names, 'postgres'].map((name) => folder.at('logs', `${name}.log`));
    logWatch = setInterval(
      () =>
        Promise.all(logs.map(cutLog)).catch((problem: Error) =>
          progress.line(`logs cannot be cut: ${problem.message}`),
        ),
      LOG_CHECK_MS,
    );
    return { state, folder, processes, flush, stop };
  } catch (problem) {
    await stop();
    throw explainDiskFault(problem, folder.path);
  }
};

/** What `npm start` does: start everything, load the demo catalogue once, buy something, then run until told to end. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createShopClient } from '../../services/contracts/http/client.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { FILMS_FILE, readDemoCatalogue } from '../shop/demo-catalogue.ts';
import { type CatalogueLoad, catalogueLines, loadCatalogue } from '../shop/load-catalogue.ts';
import { patiently } from '../shop/patiently.ts';
import { type PurchaseProof, provePurchase } from '../shop/purchase.ts';
import { type FigureProof, proveFigures } from '../warehouse/prove-figures.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { CATALOGUE } from './data-folder.ts';
import { readKeptJson } from './kept-json.ts';
import { type LocalPlatform, startLocalPlatform } from './local-platform.ts';
import type { Progress } from './progress.ts';
import { residentMemory } from './resident-memory.ts';
import type { LocalSizeName } from './size.ts';
import type { LocalState } from './state.ts';

export type UpOptions = {
  readonly root: string;
  readonly data: string;
  readonly portBase?: number | undefined;
  /** `kafka://` URL of a log to use instead of the embedded one. */
  readonly events?: string | undefined;
  /** What it may take of this machine; default `fast`. */
  readonly size?: LocalSizeName | undefined;
  /** Ends everything after the proof purchase. */
  readonly once: boolean;
  /** Whether a new customer buys something, as proof that it works. */
  readonly purchase: boolean;
  readonly services: readonly ServiceManifest[];
  readonly progress: Progress;
  /** Aborted on Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
};

/** The last line of `--json`. Without a purchase it has none of the proof. */
export type UpReport = Partial<PurchaseProof & FigureProof> & {
  /** From the start of the process to the charge and the mail of the purchase or, without a purchase, until everything was ready. */
  readonly seconds: number;
  readonly firstStart: boolean;
  readonly services: readonly {
    readonly name: string;
    /** Process id at the time of the report. */
    readonly pid?: number;
    readonly url?: string;
    readonly grpc?: string;
    readonly restarts: number;
  }[];
  readonly catalogue: CatalogueLoad;
  /** Memory of this process and all its children as `residentMemory` counts it; null where it cannot be asked. */
  readonly memoryMiB: number | null;
};

/** Seconds for which a request is repeated while a service that died is being started again. */
const PATIENCE_SECONDS = 60;

/** Asks once more where the shop could not be asked; only for requests that double nothing. */
const again = <T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> =>
  patiently(ask, { seconds: PATIENCE_SECONDS, onRetry: () => undefined, signal });

const staffToken = async ({ state }: LocalPlatform, signal: AbortSignal): Promise<string> => {
  const { email, password } = state.staff;
  const api = createShopClient({ baseUrl: state.gateway, signal });
  const { accessToken } = await again(() => api.accounts.logIn({ body: { email, password } }), signal);
  return accessToken;
};

/** Loads the films at the first start. A load that was cut short is done again and doubles nothing: each film has a key of its own. */
const ensureCatalogue = async (
  platform: LocalPlatform,
  { root, progress, signal }: UpOptions,
): Promise<CatalogueLoad> => {
  const { folder, flush } = platform;
  const file = folder.at(CATALOGUE);
  const done = await readKeptJson<CatalogueLoad>(
    file,
    '; delete that one file and start again, which loads the films once more and doubles nothing',
  );
  if (done) return done;
  const load = await progress.step('Loading the demo catalogue', async (detail) => {
    const catalogue = readDemoCatalogue(await readFile(path.join(root, FILMS_FILE), 'utf8'));
    const token = await staffToken(platform, signal);
    const api = createShopClient({ baseUrl: platform.state.gateway, signal, token });
    return loadCatalogue(
      (items) => again(() => api.products.load({ body: { items } }), signal),
      catalogue,
      (count, of) => detail(`${count} of ${of} films`),
    );
  });
  await writeFileAtomically(file, JSON.stringify(load, null, 2));
  // In the background: the purchase need not wait for it, and a stop soon after is quick.
  flush().catch((problem: Error) => progress.line(`PostgreSQL could not write its checkpoint: ${problem.message}`));
  for (const line of catalogueLines(load)) progress.line(line);
  return load;
};

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const prove = (platform: LocalPlatform, { progress, signal }: UpOptions): Promise<PurchaseProof & FigureProof> =>
  progress.step('Buying something as a new customer', async (detail) => {
    const { state } = platform;
    const bought = await provePurchase({
      api: createShopClient({ baseUrl: state.gateway }),
      mailbox: state.mailer && state.mailbox,
      staffToken: await staffToken(platform, signal),
      say: detail,
      signal,
    });
    return { ...bought, ...(await proveFigures(state, bought.order.id, signal)) };
  });

/**
 * Runs the platform. With `once` it resolves with the report when everything has ended again; else it calls `running`
 * with the report and the addresses, and resolves after the signal. Throws `StartRefused` or `PurchaseFailed`; everything has ended then.
 */
export const up = async (
  options: UpOptions,
  running: (report: UpReport, state: LocalState) => void,
): Promise<UpReport> => {
  const { progress, signal, once, purchase } = options;
  const platform = await startLocalPlatform(options);
  try {
    const catalogue = await ensureCatalogue(platform, options);
    signal.throwIfAborted();
    const proof = purchase ? await prove(platform, options) : {};
    const resident = await residentMemory(process.pid);
    const report: UpReport = {
      ...proof,
      seconds: Number(process.uptime().toFixed(1)),
      firstStart: platform.folder.fresh,
      services: platform.processes.map((child) => {
        const { url, grpc } = platform.state.services.find(({ name }) => name === child.name) ?? {};
        const pid = child.pid();
        return {
          name: child.name,
          pid,
          url,
          grpc,
          restarts: child.restarts(),
        };
      }),
      catalogue,
      memoryMiB: resident === undefined ? null : Math.round(resident / 1024 ** 2),
    };
    running(report, platform.state);
    if (!once) await untilAborted(signal);
    return report;
  } finally {
    await progress.step('Ending everything', () => platform.stop());
  }
};

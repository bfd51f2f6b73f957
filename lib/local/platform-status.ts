/** What runs on a data folder, asked from another process. */
import { answersQueries } from '../../services/kit/storage/answers-queries.ts';
import { folderHolder } from './data-folder.ts';
import { type ListedProcess, readProcessList } from './process-list.ts';
import { StartRefused } from './start-refused.ts';
import { type LocalState, readState } from './state.ts';

export type ServiceStatus = {
  readonly name: string;
  /** `unhealthy`: it runs, and its door does not say that it is ready. */
  readonly state: ListedProcess['state'] | 'unhealthy';
  readonly pid: number | null;
  readonly restarts: number;
  /** Base URL of its HTTP door. */
  readonly url?: string;
  /** Whether that is what people open in a browser. */
  readonly hasPages: boolean;
};

export type PlatformStatus = Pick<LocalState, 'dataFolder' | 'gateway' | 'mailbox' | 'pid' | 'startedAt'> & {
  /** Services in start order, and PostgreSQL at the end. */
  readonly services: readonly ServiceStatus[];
};

const ANSWER_WITHIN_MS = 2_000;

const isReady = async (url: string): Promise<boolean> => {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
};

/** What runs on a data folder. Throws `StartRefused` when nothing does, or when it is only starting. */
export const platformStatus = async (dataFolder: string): Promise<PlatformStatus> => {
  const holder = await folderHolder(dataFolder);
  const state = await readState(dataFolder).catch((problem: unknown) => {
    if (holder === undefined) throw problem;
    throw new StartRefused('platform.starting', `process ${holder} is starting or ending a platform on ${dataFolder}`);
  });
  const listed = await readProcessList(dataFolder);
  const statusOf = async (name: string, isWell: () => Promise<boolean>): Promise<ServiceStatus> => {
    const { pid = null, state: known = 'down', restarts = 0 } = listed.find((process) => process.name === name) ?? {};
    const isKnown = known !== 'ready' || (await isWell());
    return { name, state: isKnown ? known : 'unhealthy', pid, restarts, hasPages: false };
  };
  const services = state.services.map(
    async ({ name, url, kind }): Promise<ServiceStatus> => ({
      ...(await statusOf(name, async () => url === undefined || isReady(url))),
      url,
      hasPages: kind === 'static',
    }),
  );
  const [database = ''] = Object.values(state.databases);
  const postgres = statusOf('postgres', () => answersQueries(database, ANSWER_WITHIN_MS));
  const { gateway, mailbox, pid, startedAt } = state;
  return {
    dataFolder: state.dataFolder,
    gateway,
    mailbox,
    pid,
    startedAt,
    services: await Promise.all([...services, postgres]),
  };
};

/**
 * The machines that tell a checklist what they see of this checkout: git, the pre-flight, the laws and the verification.
 * Each is loaded when it is asked first: a phase needs few of them, and together they take seconds to load.
 */

import { root } from '../../checkout.ts';
import type { Environment } from '../../environment/environment.ts';
import { outputOf } from '../../run-program.ts';
import type { ChecklistSources, ItemVerdict } from './checklist.ts';

export type PlatformChecklist = {
  readonly environment: Environment;
  /** Account that the environment lives in, where `lib/environments.ts` names none. */
  readonly account: string | undefined;
  /** DNS server to ask; absent: those of this machine. */
  readonly resolver: string | undefined;
  /** Folder of a platform on this machine whose data the laws are checked on; absent: a person is asked. */
  readonly data: string | undefined;
  /** Address that customers use; absent: the environment's public door. */
  readonly url: string | undefined;
  /** Context of the cluster in the kubeconfig; absent: its current one. */
  readonly context: string | undefined;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
};

/** Seconds that unfinished work is given before its laws count as broken. */
const PATIENCE_SECONDS = 60;

const git = async (...parameters: string[]): Promise<string> =>
  (await outputOf('git', parameters, { cwd: root, accepts: [0, 1] })).trimEnd();

/** Who works in this checkout, and the whole id of the commit that it is at. */
export const readCheckout = async (): Promise<{ by: string; commit: string }> => ({
  by: (await git('config', 'user.name')) || process.env['USER'] || 'unknown',
  commit: await git('rev-parse', 'HEAD'),
});

const commitVerdict = async (): Promise<ItemVerdict> => {
  const changed = (await git('status', '--porcelain')).split('\n').filter((line) => line !== '');
  const commit = await git('rev-parse', '--short', 'HEAD');
  if (changed.length === 0) return { state: 'done', detail: `commit ${commit}` };
  return {
    state: 'refused',
    detail: `${changed.length} files differ from commit ${commit}, such as ${changed[0]?.slice(3)}`,
  };
};

const lawsVerdict = async (data: string): Promise<ItemVerdict> => {
  const { checkPlatform } = await import('../../laws/check-platform.ts');
  const verdicts = await checkPlatform(data, { limitSeconds: 0, patienceSeconds: PATIENCE_SECONDS });
  const broken = verdicts.filter(({ violations }) => violations.length > 0);
  if (broken.length === 0) return { state: 'done', detail: `${verdicts.length} laws hold` };
  return {
    state: 'refused',
    detail: broken.map(({ id, sentence, violations }) => `${id} (${violations.length}): ${sentence}`).join('; '),
  };
};

/** Leaves the release as it is and AWS alone: the decision to go back is a person's, and `cloudmart verify` makes it too. */
const verifyVerdict = async ({
  environment,
  url,
  context,
  progress,
  signal,
}: PlatformChecklist): Promise<ItemVerdict> => {
  const [{ verifyPlatform }, { openSession, shopOf }, { workloadNamespace }] = await Promise.all([
    import('../verify/verify-checkout.ts'),
    import('../verify/session.ts'),
    import('../../names.ts'),
  ]);
  const session = openSession(
    {
      context,
      deadlineSeconds: 600,
      callTimeoutMs: 10_000,
      progress,
      signal,
      shop: shopOf(environment, { url }),
    },
    environment,
    { namespace: workloadNamespace, mailNotes: undefined },
  );
  const report = await verifyPlatform(environment, session, { outputs: undefined, asksAws: false, rollsBack: false });
  if (report.findings.length === 0)
    return { state: 'done', detail: `${report.services.length} services, and a purchase from outside` };
  return { state: 'refused', detail: report.findings.map(({ code, problem }) => `${code}: ${problem}`).join('; ') };
};

/** What tells of the items of a checklist; nothing is asked yet. */
export const platformSources = (platform: PlatformChecklist): ChecklistSources => {
  const { environment, account, resolver, data, progress } = platform;
  return {
    preflight: async () => {
      const { platformPreflight } = await import('../preflight/preflight-checkout.ts');
      return platformPreflight({ environment, account, resolver, progress });
    },
    commit: commitVerdict,
    laws: data === undefined ? undefined : () => lawsVerdict(data),
    verify: () => verifyVerdict(platform),
  };
};

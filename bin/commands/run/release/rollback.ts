import { workloadNamespace } from '../../../../lib/names.ts';
import { listRevisions, type RollbackReport, rollBack } from '../../../../lib/release/rollback/rollback.ts';
import { readReleaseHistory } from '../../../../lib/release/rollout/release-history.ts';
import { mailNotes } from '../../../../lib/release/verify/sent-mails.ts';
import { openSession } from '../../../../lib/release/verify/session.ts';
import { print } from '../../../command-line/print.ts';
import { sessionRequest } from '../../../command-line/session-request.ts';
import type { RollbackFlags } from '../../release/rollback.ts';

const linesOf = ({ outcome, sentence, services, findings }: RollbackReport): string[] => [
  ...services.map(({ service, from, to }) => `${service.padEnd(16)} ${from.slice(0, 12)} -> ${to.slice(0, 12)}`),
  ...findings.flatMap(({ code, problem, log = [] }) => [`${code}: ${problem}`, ...log.map((line) => `    ${line}`)]),
  `${outcome}: ${sentence}`,
];

/** Goes back, or lists what can be gone back to. */
export const runRollback = async (
  service: string | undefined,
  flags: RollbackFlags,
  signal: AbortSignal,
): Promise<void> => {
  const { environment, list, to, json } = flags;
  const request = sessionRequest(list ? { ...flags, outside: false } : flags, signal);
  const deployment = { namespace: workloadNamespace, mailNotes: mailNotes(environment) };
  const session = openSession(request, environment, deployment);
  const { cluster, wait, outside, tell } = session;
  if (list) {
    const revisions = listRevisions(await readReleaseHistory(cluster), environment.name, service);
    return print(json, revisions, () => revisions.lines);
  }
  const report = await rollBack(cluster, { ...wait, environment: environment.name, service, to, outside, tell });
  print(json, report, () => linesOf(report));
  if (report.outcome === 'failed' || report.findings.length > 0) process.exitCode = 1;
};

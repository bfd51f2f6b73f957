import { workloadNamespace } from '../../../../lib/names.ts';
import { watchAsStaff } from '../../../../lib/pipelines/watch-as-staff.ts';
import { mailNotes } from '../../../../lib/release/verify/sent-mails.ts';
import { openSession } from '../../../../lib/release/verify/session.ts';
import type { VerifyReport } from '../../../../lib/release/verify/verify.ts';
import { chatMessageOf, verifyPlatform } from '../../../../lib/release/verify/verify-checkout.ts';
import { deployedShop } from '../../../../lib/shop/staff-session.ts';
import { outputsSource } from '../../../../lib/workloads/render.ts';
import { print, say } from '../../../command-line/print.ts';
import { sessionRequest } from '../../../command-line/session-request.ts';
import type { VerifyFlags } from '../../release/verify.ts';

const linesOf = ({ environment, services, outside, findings, rollback }: VerifyReport): string[] => [
  ...services.map(
    ({ service, pods, revision, image, digest }) =>
      `${service.padEnd(16)} ${pods} pods of revision ${revision} run ${image.split(/[:@]/).at(-1)?.slice(0, 12)}${digest ? ` (${digest.slice(0, 19)})` : ''}`,
  ),
  ...(outside?.pipelines ?? []).map(
    ({ topic, from, to, state, effect, seconds }) =>
      `${`${from} -> ${to}`.padEnd(24)} ${topic}: ${state === 'not-observed' ? 'NOT OBSERVED, ' : ''}${effect}${seconds === null ? '' : ` after ${seconds} s`}`,
  ),
  ...(outside?.standing.length
    ? [
        `${outside.standing.filter(({ status }) => status === 'well').length} of ${outside.standing.length} pipelines are well`,
      ]
    : []),
  ...(outside?.notTried.length ? [`doors not tried: ${outside.notTried.join(', ')}`] : []),
  ...findings.flatMap(({ code, problem, log = [] }) => [`${code}: ${problem}`, ...log.map((line) => `    ${line}`)]),
  ...(rollback ? [`rollback ${rollback.outcome}: ${rollback.sentence}`] : []),
  ...(rollback?.findings ?? []).map(({ code, problem }) => `${code}: ${problem}`),
  findings.length === 0 ? `${environment} is good` : `${environment} is not good: ${findings.length} findings`,
];

/** Verifies a release, rolls back one that fails, and prints what was seen. */
export const runVerify = async (flags: VerifyFlags, signal: AbortSignal): Promise<void> => {
  const { environment, aws, rollback, json } = flags;
  const outputs = outputsSource(flags.fromStack);
  const request = sessionRequest(flags, signal);
  const session = openSession(request, environment, {
    namespace: workloadNamespace,
    mailNotes: aws ? mailNotes(environment, outputs) : undefined,
    watchPipelines:
      aws && request.shop && !request.shop.mailbox
        ? watchAsStaff(deployedShop(environment, request.shop.url), environment, say)
        : undefined,
  });
  const report = await verifyPlatform(environment, session, { outputs, asksAws: aws, rollsBack: rollback });
  if (report.findings.length > 0) await session.tell(chatMessageOf(report));
  print(json, report, () => linesOf(report));
  if (report.findings.length > 0) process.exitCode = 1;
};

import { Command } from 'commander';
import type { SessionFlags } from '../../lib/release/verify/session.ts';
import type { VerifyReport } from '../../lib/release/verify/verify.ts';
import { withSessionOptions } from '../command-line/cluster-options.ts';

type Flags = SessionFlags & {
  environment: string;
  rollback: boolean;
  aws: boolean;
  fromStack?: string | true;
  json?: boolean;
};

const linesOf = ({ environment, services, outside, findings, rollback }: VerifyReport): string[] => [
  ...services.map(
    ({ service, pods, revision, image, digest }) =>
      `${service.padEnd(16)} ${pods} pods of revision ${revision} run ${image.split(/[:@]/).at(-1)?.slice(0, 12)}${digest ? ` (${digest.slice(0, 19)})` : ''}`,
  ),
  ...(outside?.pipelines ?? []).map(
    ({ topic, from, to, state, effect, seconds }) =>
      `${`${from} -> ${to}`.padEnd(24)} ${topic}: ${state === 'not-observed' ? 'NOT OBSERVED, ' : ''}${effect}${seconds === null ? '' : ` after ${seconds} s`}`,
  ),
  ...(outside?.notTried.length ? [`doors not tried: ${outside.notTried.join(', ')}`] : []),
  ...findings.flatMap(({ code, problem, log = [] }) => [`${code}: ${problem}`, ...log.map((line) => `    ${line}`)]),
  ...(rollback ? [`rollback ${rollback.outcome}: ${rollback.sentence}`] : []),
  ...(rollback?.findings ?? []).map(({ code, problem }) => `${code}: ${problem}`),
  findings.length === 0 ? `${environment} is good` : `${environment} is not good: ${findings.length} findings`,
];

const run = async (flags: Flags, signal: AbortSignal) => {
  const [
    { environmentNamed },
    { chatMessageOf, verifyPlatform },
    { openSession },
    { asTyped },
    { workloadNamespace },
    { outputsSource },
    { tableNamed },
    { SENT_MAILS_TABLE },
  ] = await Promise.all([
    import('../../lib/environments.ts'),
    import('../../lib/release/verify/verify-checkout.ts'),
    import('../../lib/release/verify/session.ts'),
    import('../../lib/wrong-usage.ts'),
    import('../../lib/names.ts'),
    import('../../lib/workloads/render.ts'),
    import('../../lib/outputs/table-name.ts'),
    import('../../lib/sent-mails-table.ts'),
  ]);
  const environment = asTyped(() => environmentNamed(flags.environment));
  const progress = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const outputs = outputsSource(flags.fromStack);
  const mailTable = flags.aws ? tableNamed(SENT_MAILS_TABLE, environment, outputs) : undefined;
  const deployment = { namespace: workloadNamespace, mailTable };
  const session = openSession(flags, environment, deployment, progress, signal);
  const report = await verifyPlatform(environment, session, {
    outputs,
    asksAws: flags.aws,
    rollsBack: flags.rollback,
  });
  if (report.findings.length > 0) await session.tell(chatMessageOf(report));
  process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${linesOf(report).join('\n')}\n`);
  if (report.findings.length > 0) process.exitCode = 1;
};

/** `cloudmart verify`: whether what was deployed runs and serves; if not, back to what did. */
export const verifyCommand = (): Command =>
  withSessionOptions(
    new Command('verify')
      .description(
        'after a deployment: wait for every roll-out, compare each pod with this checkout, buy something from outside; roll back what fails',
      )
      .requiredOption('--environment <name>', 'dev, staging or production')
      .option(
        '--no-aws',
        'ask neither the registry for digests, nor Secrets Manager for versions, nor the table of sent mails',
      )
      .option('--no-rollback', 'leave a release that fails as it is')
      .option(
        '--from-stack [file]',
        'compare whole image names: with the deployed stacks, or with the file that "cdk deploy --outputs-file" wrote',
      ),
  )
    .addHelpText(
      'after',
      `
Examples:
  npx cloudmart verify --environment staging
  npx cloudmart verify --environment dev --no-outside --no-rollback

Exit code 0: the release is good. 1: it is not, or it could not be told. 2: wrong usage.`,
    )
    .action(async (flags: Flags) => {
      const { runInterruptibly } = await import('../command-line/run-interruptibly.ts');
      await runInterruptibly('nothing was changed, and verifying again is safe', (signal) => run(flags, signal));
    });

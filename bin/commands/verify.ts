import { Command } from 'commander';
import type { VerifyReport } from '../../lib/release/rollout/verify.ts';
import { withSessionOptions } from '../../lib/release/rollout/verify-options.ts';
import type { SessionFlags } from '../../lib/release/rollout/verify-session.ts';

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
    ({ topic, from, to, effect, seconds }) =>
      `${`${from} -> ${to}`.padEnd(24)} ${topic}: ${effect}${seconds === null ? '' : ` after ${seconds} s`}`,
  ),
  ...findings.flatMap(({ code, problem, log = [] }) => [`${code}: ${problem}`, ...log.map((line) => `    ${line}`)]),
  ...(rollback ? [`rollback ${rollback.outcome}: ${rollback.sentence}`] : []),
  ...(rollback?.findings ?? []).map(({ code, problem }) => `${code}: ${problem}`),
  findings.length === 0 ? `${environment} is good` : `${environment} is not good: ${findings.length} findings`,
];

/** What the chat reads about a release that failed. */
const messageOf = ({ environment, findings, rollback }: VerifyReport): string =>
  [
    `${environment}: the release failed its verification. ${findings[0]?.problem}`,
    findings.length > 1 ? ` And ${findings.length - 1} more findings.` : '',
    rollback ? ` Rollback ${rollback.outcome}: ${rollback.sentence}.` : ' It was not rolled back.',
  ].join('');

const run = async (flags: Flags, stop: AbortController) => {
  const [{ environmentNamed }, { verify }, { openSession }, { workloadNamespace }] = await Promise.all([
    import('../../lib/environments.ts'),
    import('../../lib/release/rollout/verify.ts'),
    import('../../lib/release/rollout/verify-session.ts'),
    import('../../lib/workloads/environment-values.ts'),
  ]);
  const environment = environmentNamed(flags.environment);
  const progress = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const { cluster, wait, outside, tell } = openSession(flags, environment, workloadNamespace, progress, stop.signal);
  progress('bundling the services for their tags');
  const { askAws, askedOf } = await import('../../lib/platform-asked.ts');
  const { outputsSource } = await import('../../lib/workloads/render.ts');
  const { asked, tags } = await askedOf(environment, outputsSource(flags.fromStack));
  if (flags.aws) progress(`asking AWS in ${environment.region} for digests of images and versions of secrets`);
  const aws = flags.aws ? await askAws(environment, tags) : undefined;
  const report = await verify(cluster, {
    ...wait,
    environment: environment.name,
    asked: asked.map((workload) => ({ ...workload, digest: aws?.digests[workload.service] })),
    beside: aws?.beside,
    outside,
    rollsBack: flags.rollback,
  });
  if (report.findings.length > 0) await tell(messageOf(report));
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
      .option('--no-aws', 'ask neither the registry for digests nor Secrets Manager for versions')
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
  npx cloudmart verify --environment dev --url http://127.0.0.1:8080 --mailbox http://127.0.0.1:8092 --no-aws

Exit code 0: the release is good. 1: it is not, or it could not be told. 2: wrong usage.`,
    )
    .action(async (flags: Flags) => {
      const { runInterruptibly } = await import('../../lib/release/rollout/rollout-interrupt.ts');
      await runInterruptibly('nothing was changed, and verifying again is safe', (stop) => run(flags, stop));
    });

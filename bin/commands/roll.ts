import { Command } from 'commander';
import { withSessionOptions } from '../../lib/release/rollout/verify-options.ts';
import type { SessionFlags } from '../../lib/release/rollout/verify-session.ts';

type Flags = SessionFlags & { environment: string; json?: boolean };

const run = async (flags: Flags, stop: AbortController) => {
  const [{ environmentNamed }, aws, { rollSecrets }, session, { services }, workloads, values] = await Promise.all([
    import('../../lib/environments.ts'),
    import('../../lib/release/rollout/rollout-aws.ts'),
    import('../../lib/release/rollout/rollout-secrets.ts'),
    import('../../lib/release/rollout/verify-session.ts'),
    import('../../lib/services.ts'),
    import('../../lib/workloads/workload-values.ts'),
    import('../../lib/workloads/environment-values.ts'),
  ]);
  const environment = environmentNamed(flags.environment);
  const progress = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const quiet = { ...flags, outside: false };
  const { cluster, wait, tell } = session.openSession(
    quiet,
    environment,
    values.workloadNamespace,
    progress,
    stop.signal,
  );
  progress(`asking Secrets Manager in ${environment.region} for the current versions`);
  const secrets = await aws.currentSecrets(environment, services.filter(workloads.runsInCluster));
  const { requireEnvironment } = await import('../../lib/release/rollout/rollback-report.ts');
  await requireEnvironment(cluster, environment.name);
  const report = await rollSecrets(cluster, secrets, wait);
  const [first] = report.findings;
  const sentence = first
    ? `${first.problem}; ${report.rollback?.sentence ?? 'it was left as it is'}`
    : `${report.rolled.join(', ') || 'no service'} got new pods; every service reads the current versions of its secrets`;
  if (first) await tell(`${environment.name}: rotated secrets could not be taken up. ${sentence}.`);
  process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${sentence}\n`);
  if (first) process.exitCode = 1;
};

/** `cloudmart roll`: new pods for rotated secrets. */
export const rollCommand = (): Command =>
  withSessionOptions(
    new Command('roll')
      .description(
        'give services whose secrets were rotated new pods that read the current versions; old pods serve until those are ready',
      )
      .requiredOption('--environment <name>', 'dev, staging or production; must be what the cluster runs'),
  )
    .addHelpText(
      'after',
      `
Examples:
  aws secretsmanager put-secret-value --secret-id cloudmart-staging/user/STAFF_PASSWORD --secret-string file://password
  npx cloudmart roll --environment staging

Exit code 0: every service reads the current versions. 1: some cannot use them and went back. 2: wrong usage.`,
    )
    .action(async (flags: Flags) => {
      const { runInterruptibly } = await import('../../lib/release/rollout/rollout-interrupt.ts');
      await runInterruptibly('run the same command again to finish', (stop) => run(flags, stop));
    });

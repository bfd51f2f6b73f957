import { Command } from 'commander';
import type { ClusterFlags } from '../../lib/release/verify/session.ts';
import { withClusterOptions } from '../command-line/cluster-options.ts';

type Flags = ClusterFlags & { environment: string; json?: boolean };

const run = async (flags: Flags, signal: AbortSignal) => {
  const [{ environmentNamed }, { rollPlatform }, { openClusterSession }, { asTyped }, { workloadNamespace }] =
    await Promise.all([
      import('../../lib/environments.ts'),
      import('../../lib/release/rollout/refresh-secrets.ts'),
      import('../../lib/release/verify/session.ts'),
      import('../../lib/wrong-usage.ts'),
      import('../../lib/names.ts'),
    ]);
  const environment = asTyped(() => environmentNamed(flags.environment));
  const progress = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const session = openClusterSession(flags, workloadNamespace, progress, signal);
  const report = await rollPlatform(environment, session);
  process.stdout.write(`${flags.json ? JSON.stringify(report) : report.sentence}\n`);
  if (report.findings.length > 0) process.exitCode = 1;
};

/** `cloudmart roll`: new pods for rotated secrets. */
export const rollCommand = (): Command =>
  withClusterOptions(
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
      const { runInterruptibly } = await import('../command-line/run-interruptibly.ts');
      await runInterruptibly('run the same command again to finish', (signal) => run(flags, signal));
    });

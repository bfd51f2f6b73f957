import { Command } from 'commander';
import type { RollbackReport } from '../../lib/release/rollback/rollback-report.ts';
import type { SessionFlags } from '../../lib/release/verify/session.ts';
import { withSessionOptions } from '../command-line/cluster-options.ts';

type Flags = SessionFlags & { environment: string; to?: string; list?: boolean; json?: boolean };

const linesOf = ({ outcome, sentence, services, findings }: RollbackReport): string[] => [
  ...services.map(({ service, from, to }) => `${service.padEnd(16)} ${from.slice(0, 12)} -> ${to.slice(0, 12)}`),
  ...findings.flatMap(({ code, problem, log = [] }) => [`${code}: ${problem}`, ...log.map((line) => `    ${line}`)]),
  `${outcome}: ${sentence}`,
];

const run = async (service: string | undefined, flags: Flags, signal: AbortSignal) => {
  const [
    { environmentNamed },
    { rollBack },
    { listRevisions },
    { openSession },
    { asTyped },
    { workloadNamespace },
    { tableNamed },
  ] = await Promise.all([
    import('../../lib/environments.ts'),
    import('../../lib/release/rollback/rollback-report.ts'),
    import('../../lib/release/rollback/rollback-list.ts'),
    import('../../lib/release/verify/session.ts'),
    import('../../lib/wrong-usage.ts'),
    import('../../lib/names.ts'),
    import('../../lib/outputs/table-name.ts'),
  ]);
  const environment = asTyped(() => environmentNamed(flags.environment));
  const progress = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const deployment = { namespace: workloadNamespace, mailTable: tableNamed('notifications', environment) };
  const asked = flags.list ? { ...flags, outside: false } : flags;
  const { cluster, wait, outside, tell } = openSession(asked, environment, deployment, progress, signal);
  if (flags.list) {
    const list = await listRevisions(cluster, environment.name, service);
    process.stdout.write(`${flags.json ? JSON.stringify(list) : list.lines.join('\n')}\n`);
    return;
  }
  const report = await rollBack(cluster, {
    ...wait,
    environment: environment.name,
    service,
    to: flags.to,
    outside,
    tell,
  });
  process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${linesOf(report).join('\n')}\n`);
  if (report.outcome === 'failed' || report.findings.length > 0) process.exitCode = 1;
};

/** `cloudmart rollback`: back to an earlier release out of what the cluster holds. */
export const rollbackCommand = (): Command =>
  withSessionOptions(
    new Command('rollback')
      .description(
        'go back to an earlier release, from what the cluster itself holds; then verify as after a deployment, and tell the chat',
      )
      .argument('[service]', 'the only service to roll back; default all that differ from the release before')
      .requiredOption('--environment <name>', 'dev, staging or production; must be what the cluster runs')
      .option('--to <name>', 'revision or start of a tag of the service; without a service the id of a release')
      .option('--list', 'show what can be gone back to, and change nothing'),
  )
    .addHelpText(
      'after',
      `
Examples:
  npx cloudmart rollback --environment production
  npx cloudmart rollback order --environment production --list
  npx cloudmart rollback order --environment production --to 3

Doing it twice goes back once: to go further, name where to with --to.
Exit code 0: the older release serves. 1: it does not, or nothing could be rolled back. 2: wrong usage.`,
    )
    .action(async (service: string | undefined, flags: Flags) => {
      const { runInterruptibly } = await import('../command-line/run-interruptibly.ts');
      await runInterruptibly('run the same command again to finish and to verify', (signal) =>
        run(service, flags, signal),
      );
    });

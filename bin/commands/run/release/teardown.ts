import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import { root } from '../../../../lib/checkout.ts';
import type { Environment } from '../../../../lib/environment/environment.ts';
import { tearDown } from '../../../../lib/release/teardown/teardown.ts';
import { runProgram } from '../../../../lib/run-program.ts';
import { print, say } from '../../../command-line/print.ts';
import type { TeardownFlags } from '../../release/teardown.ts';

/** Deletes the stacks by the CDK CLI, whose own words go to stderr, and prints what else was deleted. */
export const runTeardown = async (
  environment: Environment,
  { confirm, app, account, json }: TeardownFlags,
  signal: AbortSignal,
): Promise<void> => {
  const { name } = environment;
  if (confirm?.name !== name)
    throw new InvalidArgumentError(
      `${confirm === undefined ? 'nothing' : `"${confirm.name}"`} does not confirm it, and nothing was deleted; add --confirm ${name} to delete everything in ${name}, data included`,
    );
  const destroy = async () => {
    const { code, stdout } = await runProgram(
      path.join(root, 'node_modules/.bin/cdk'),
      [
        'destroy',
        ...(app === undefined ? [] : ['--app', path.resolve(app)]),
        `${name}/!(Delivery)`,
        '--force',
        '--no-notices',
      ],
      { cwd: root, complaints: 'shown', signal },
    );
    if (stdout) say(stdout.trimEnd());
    return code;
  };
  const report = await tearDown({ environment, account, destroy, progress: say, signal });
  print(json, report, () => [...report.removed.map((what) => `deleted ${what}`), report.sentence]);
  if (!report.isGone) process.exitCode = 1;
};

import { Command } from 'commander';
import { type SessionFlags, withSessionOptions } from '../../command-line/cluster-options.ts';
import { helpAfter } from '../../command-line/help.ts';
import { environmentOption } from '../../command-line/options.ts';
import { runInterruptibly } from '../../command-line/run-interruptibly.ts';

export type VerifyFlags = SessionFlags & {
  readonly rollback: boolean;
  readonly aws: boolean;
  readonly fromStack?: string | true;
};

/** `cloudmart verify`: whether what was deployed runs and serves; if not, back to what did. */
export const verifyCommand = (): Command =>
  withSessionOptions(
    new Command('verify')
      .summary('check that a release runs and sells, or go back')
      .description(
        'after a deployment: wait for every roll-out, compare each pod with this checkout, buy something from outside; roll back what fails',
      )
      .addOption(environmentOption())
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
      helpAfter({
        examples: [
          'npx cloudmart verify --environment staging',
          'npx cloudmart verify --environment dev --no-outside --no-rollback',
        ],
        done: 'the release is good',
        failed: 'it is not, or it could not be told',
      }),
    )
    .action((flags: VerifyFlags) =>
      runInterruptibly('nothing was changed, and verifying again is safe', async (signal) =>
        (await import('../run/release/verify.ts')).runVerify(flags, signal),
      ),
    );

/** Options of the commands that work on a cluster; session-request.ts says what is asked for with them. */
import { type Command, Option } from 'commander';
import type { Environment } from '../../lib/environment/environment.ts';
import { jsonOption, lookedUp, secondsOption, urlOption } from './options.ts';

/** What {@link withClusterOptions} gives. */
export type ClusterFlags = {
  readonly environment: Environment;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly deadline: number;
  readonly callTimeout: number;
  readonly webhook?: URL;
  readonly json?: boolean;
};

/** What {@link withSessionOptions} gives. */
export type SessionFlags = ClusterFlags & {
  readonly url?: string;
  readonly outside: boolean;
  readonly mailbox?: string;
  readonly card?: string;
};

const webhookOption = () =>
  lookedUp(
    new Option('--webhook <url>', 'chat to tell; better CLOUDMART_CHAT_WEBHOOK, which no process list shows'),
    async (text: string) => (await import('../../lib/release/verify/webhook.ts')).webhookUrl(text),
    { isSecret: true },
  );

/** Options of every command that works on a cluster: `verify`, `rollback` and `restart`. */
export const withClusterOptions = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'file with the address of the cluster; default KUBECONFIG, then ~/.kube/config')
    .option('--context <context>', 'context in that file; default its current one')
    .addOption(
      secondsOption('--deadline <seconds>', 'time for all roll-outs together', { least: 0.1, most: 7_200 }).default(
        600,
      ),
    )
    .addOption(
      secondsOption('--call-timeout <seconds>', 'time for one answer of the API server', {
        least: 0.1,
        most: 300,
      }).default(10),
    )
    .addOption(webhookOption())
    .addOption(jsonOption());

/** Those, and the options of `verify` and `rollback`, which also try the shop from outside. */
export const withSessionOptions = (command: Command): Command =>
  withClusterOptions(
    command
      .addOption(urlOption('--url <url>', "address that customers use; default the environment's public door"))
      .option('--no-outside', 'do not try the shop from outside')
      .addOption(
        urlOption(
          '--mailbox <url>',
          'mailbox of a local run, in which the confirmation must arrive; default the notes of sent mails on AWS',
        ),
      )
      .option(
        '--card <token>',
        "token of the card that is charged and given its money back; default the environment's proofCard",
      ),
  );

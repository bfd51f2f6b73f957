import type { Command } from 'commander';

/** Options of every command that works on a cluster: `verify`, `rollback` and `roll`; `ClusterFlags` is what comes of them. */
export const withClusterOptions = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'file with the address of the cluster; default KUBECONFIG, then ~/.kube/config')
    .option('--context <name>', 'context in that file; default its current one')
    .option('--deadline <seconds>', 'time for all roll-outs together', '600')
    .option('--call-timeout <seconds>', 'time for one answer of the API server', '10')
    .option('--webhook <url>', 'chat to tell; better CLOUDMART_CHAT_WEBHOOK, which no process list shows')
    .option('--json', 'print the report as one line of JSON');

/** Those, and the options of `verify` and `rollback`, which also try the shop from outside; `SessionFlags` is what comes of them. */
export const withSessionOptions = (command: Command): Command =>
  withClusterOptions(
    command
      .option('--url <address>', "address that customers use; default the environment's public door")
      .option('--no-outside', 'do not try the shop from outside')
      .option(
        '--mailbox <url>',
        'mailbox of a local run, in which the confirmation must arrive; default the notes of sent mails on AWS',
      )
      .option('--card <token>', 'token of the card that is charged and given its money back', 'tok_visa'),
  );

import { enableCompileCache } from 'node:module';
import { Command } from 'commander';
import { root } from '../../lib/checkout.ts';

type Flags = { data: string; portBase?: string; events?: string; once?: boolean; json?: boolean };

// npm passes a terminal's Ctrl-C on to us although we got it ourselves; only a later one means "now".
const SECOND_SIGNAL_MS = 1000;

/** Aborts at the first signal; a second one, later than a second, ends the process at once. */
const signalsAbort = (stop: AbortController) => {
  let firstAt: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (firstAt !== undefined && performance.now() - firstAt > SECOND_SIGNAL_MS) process.exit(1);
      firstAt ??= performance.now();
      stop.abort(new Error('ended before everything was up'));
    });
};

const run = async ({ data, portBase, events, once = false, json = false }: Flags) => {
  // Kept in the machine's temporary folder: a later start neither strips nor compiles these modules again.
  enableCompileCache();
  const stop = new AbortController();
  signalsAbort(stop);
  const { requireNode } = await import('../../lib/local/machine.ts');
  requireNode(process.versions.node);
  const [{ up }, { services }, { consoleProgress }, { parsePortBase }, { proofSummary }] = await Promise.all([
    import('../../lib/local/up.ts'),
    import('../../lib/services.ts'),
    import('../../lib/local/progress.ts'),
    import('../../lib/local/ports.ts'),
    import('../../lib/local/report.ts'),
  ]);
  const progress = consoleProgress();
  const show = (report: Parameters<typeof proofSummary>[0]) => {
    progress.line(proofSummary(report));
    if (!once) progress.line('Everything runs. Ctrl-C ends it.');
    if (json && !once) process.stdout.write(`${JSON.stringify(report)}\n`);
  };
  const report = await up(
    {
      root,
      data,
      portBase: portBase === undefined ? undefined : parsePortBase(portBase),
      events,
      once,
      services,
      progress,
      signal: stop.signal,
    },
    show,
  );
  if (json && once) process.stdout.write(`${JSON.stringify(report)}\n`);
};

/** `cloudmart up`: the whole platform on this machine. */
export const upCommand = (): Command =>
  new Command('up')
    .description('run the whole platform on this machine (what "npm start" does)')
    .option('--data <dir>', 'folder that keeps everything', '.cloudmart')
    .option(
      '--port-base <port>',
      'move all ports: 8000 becomes PORT, 8080 becomes PORT+80, gRPC 50051 becomes PORT+1051',
    )
    .option(
      '--events <url>',
      'use this Kafka (kafka://host:port,host:port) as the event log instead of the embedded one',
    )
    .option('--once', 'start, prove a purchase, end; exit 0 only if it was paid and mailed')
    .option('--json', 'print the result as one line of JSON on stdout')
    .action(async (flags: Flags) => {
      try {
        await run(flags);
      } catch (problem) {
        const { code = 'failed', message } = problem as { code?: string; message: string };
        process.stderr.write(`cloudmart: ${message}\n`);
        if (flags.json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
        process.exitCode = 1;
      }
      // Nothing may keep the command alive once everything has ended.
      process.exit();
    });

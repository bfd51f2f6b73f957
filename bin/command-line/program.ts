/** The command line as a whole: every command, how it refuses what it cannot use, and what its exit code says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { root } from '../../lib/checkout.ts';
import { alertsCommand } from '../commands/alerts.ts';
import { benchCommand } from '../commands/bench.ts';
import { bundleCommand } from '../commands/bundle.ts';
import { chaosCommand } from '../commands/chaos.ts';
import { composeCommand } from '../commands/compose.ts';
import { costCommand } from '../commands/cost.ts';
import { dashboardsCommand } from '../commands/dashboards.ts';
import { diffCommand } from '../commands/diff.ts';
import { dropServiceCommand } from '../commands/fork/drop-service.ts';
import { newServiceCommand } from '../commands/fork/new-service.ts';
import { renameCommand } from '../commands/fork/rename.ts';
import { heapCommand } from '../commands/heap.ts';
import { imageCommand } from '../commands/image.ts';
import { importCommand } from '../commands/import.ts';
import { lawsCommand } from '../commands/laws.ts';
import { logsCommand } from '../commands/logs.ts';
import { actsCommand } from '../commands/operate/acts.ts';
import { backupCommand } from '../commands/operate/backup.ts';
import { cacheCommand } from '../commands/operate/cache.ts';
import { dbCommand } from '../commands/operate/db.ts';
import { dlqCommand } from '../commands/operate/dlq.ts';
import { drillCommand } from '../commands/operate/drill.ts';
import { eventsCommand } from '../commands/operate/events.ts';
import { healthCommand } from '../commands/operate/health.ts';
import { incidentCommand } from '../commands/operate/incident.ts';
import { lagCommand } from '../commands/operate/lag.ts';
import { maintenanceCommand } from '../commands/operate/maintenance.ts';
import { offsetsCommand } from '../commands/operate/offsets.ts';
import { pipelinesCommand } from '../commands/operate/pipelines.ts';
import { topologyCommand } from '../commands/operate/topology.ts';
import { pagesCommand } from '../commands/pages.ts';
import { profileCommand } from '../commands/profile.ts';
import { checklistCommand } from '../commands/release/checklist.ts';
import { preflightCommand } from '../commands/release/preflight.ts';
import { publishCommand } from '../commands/release/publish.ts';
import { rollbackCommand } from '../commands/release/rollback.ts';
import { teardownCommand } from '../commands/release/teardown.ts';
import { verifyCommand } from '../commands/release/verify.ts';
import { renderCommand } from '../commands/render.ts';
import { replayCommand } from '../commands/replay.ts';
import { restartCommand } from '../commands/restart.ts';
import { scaleCommand } from '../commands/scale.ts';
import { reconcileCommand } from '../commands/shop/reconcile.ts';
import { staffCommand } from '../commands/shop/staff.ts';
import { statusCommand } from '../commands/status.ts';
import { stopCommand } from '../commands/stop.ts';
import { upCommand } from '../commands/up.ts';
import { warehouseCommand } from '../commands/warehouse.ts';
import { exitCodes } from './help.ts';
import { lookUp, refuseEmptyTexts } from './options.ts';
import { fitted, print, say } from './print.ts';
import { Interrupted } from './run-interruptibly.ts';

const EXIT_CODES = exitCodes({
  0: 'done, and nothing found',
  1: 'a finding, or it could not be done',
  2: 'wrong usage, such as an unknown option',
  130: 'interrupted with Ctrl-C',
});

/** Commander's own words as one line: `--rate x: give ...`. */
const oneLine = (said: string): string => {
  const sentence = said
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
  const value =
    /^(?:option '(\S+)[^']*'|command-)? ?argument (?:value )?'(.*)' is invalid(?: for argument '(\S+)')?\. (.*?)\.?$/.exec(
      sentence,
    );
  if (value) return `${value[1] ?? value[3]} ${value[2] || '""'}: ${value[4]?.replace(/^A/, 'a')}`;
  const isUsage = /^(unknown|missing|required|too many)|argument missing/.test(sentence);
  return isUsage ? `${sentence.replace(/\.$/, '')} (add --help for the options)` : sentence;
};

/** Name and arguments: that a command has options goes without saying. */
const subcommandTerm = (command: Command): string =>
  `${command.name()} ${command.usage().replace('[options]', '').trim()}`.trim();

const version = (): string =>
  (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }).version;

/** Every command, ready to be parsed; commander's refusals are thrown as its errors once they are said on stderr. */
export const createProgram = (): Command => {
  const program = new Command('cloudmart')
    .description('Runs, renders, checks and operates the CloudMart platform.')
    .version(version(), '--version', 'print the version')
    .configureHelp({ subcommandTerm })
    .addHelpCommand(new Command('help').argument('[command]').description('say what a command does').helpGroup('Help:'))
    .addHelpText('after', EXIT_CODES)
    .commandsGroup('On this machine:')
    .addCommand(upCommand())
    .addCommand(statusCommand())
    .addCommand(logsCommand())
    .addCommand(stopCommand())
    .addCommand(replayCommand())
    .addCommand(benchCommand())
    .addCommand(lawsCommand())
    .addCommand(chaosCommand())
    .addCommand(backupCommand())
    .addCommand(drillCommand())
    .addCommand(warehouseCommand())
    .addCommand(importCommand())
    .addCommand(composeCommand())
    .commandsGroup('Of a running shop, here or on AWS:')
    .addCommand(healthCommand())
    .addCommand(topologyCommand())
    .addCommand(pipelinesCommand())
    .addCommand(eventsCommand())
    .addCommand(lagCommand())
    .addCommand(offsetsCommand())
    .addCommand(dlqCommand())
    .addCommand(incidentCommand())
    .addCommand(maintenanceCommand())
    .addCommand(dbCommand())
    .addCommand(cacheCommand())
    .addCommand(actsCommand())
    .addCommand(restartCommand())
    .addCommand(scaleCommand())
    .addCommand(profileCommand())
    .addCommand(heapCommand())
    .addCommand(reconcileCommand())
    .addCommand(staffCommand())
    .commandsGroup('On AWS:')
    .addCommand(checklistCommand())
    .addCommand(publishCommand())
    .addCommand(preflightCommand())
    .addCommand(verifyCommand())
    .addCommand(rollbackCommand())
    .addCommand(teardownCommand())
    .commandsGroup('In this checkout:')
    .addCommand(newServiceCommand())
    .addCommand(dropServiceCommand())
    .addCommand(renameCommand())
    .addCommand(pagesCommand())
    .addCommand(bundleCommand())
    .addCommand(imageCommand())
    .addCommand(renderCommand())
    .addCommand(diffCommand())
    .addCommand(costCommand())
    .addCommand(alertsCommand())
    .addCommand(dashboardsCommand())
    .hook('preAction', (_, command) => lookUp(command));
  for (const command of program.commands) refuseEmptyTexts(command);
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({
      outputError: (said, write) => write(`${fitted(process.stderr, `cloudmart: ${oneLine(said)}`)}\n`),
    });
  return program;
};

/** Commander answers `nix --help` with the program's help; that there is no such command comes first. */
const withoutHelpOfUnknown = (program: Command, words: readonly string[]): readonly string[] => {
  const [name] = words;
  const isKnown = name === undefined || name.startsWith('-') || name === 'help';
  return isKnown || program.commands.some((command) => command.name() === name) ? words : [name];
};

/** What a script gets on stdout in place of the report that it asked for as JSON. */
const printAsJson = (problem: unknown): void => {
  const { code, message = String(problem) } = problem as { code?: unknown; message?: string };
  const known = problem instanceof Interrupted ? 'interrupted' : 'failed';
  print(true, { error: { code: typeof code === 'string' ? code : known, message } }, () => []);
};

/** What a command's end means for the process; says the reason unless commander has. */
const exitCodeOf = (problem: unknown, isJson: boolean): number => {
  if (problem instanceof CommanderError && !(problem instanceof InvalidArgumentError))
    return problem.exitCode === 0 ? 0 : 2;
  say(`cloudmart: ${problem instanceof Error ? problem.message : String(problem)}`);
  if (problem instanceof InvalidArgumentError) return 2;
  if (isJson) printAsJson(problem);
  return problem instanceof Interrupted ? problem.exitCode : 1;
};

/** Milliseconds for output to drain once a command is over; then what it left open is closed with the process. */
const LEFTOVERS_MS = 500;

/** Whoever reads may stop, as `head` does; the command goes on to its own end. */
const forgiveGoneReaders = () => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (problem: NodeJS.ErrnoException) => {
      if (problem.code !== 'EPIPE') throw problem;
    });
};

const NODE_MAJOR = 24;

/** Throws one sentence unless this is the Node that everything is built and tested on. */
const requireNode = ({ node } = process.versions) => {
  if (Number.parseInt(node, 10) !== NODE_MAJOR)
    throw new Error(
      `this needs Node ${NODE_MAJOR} and runs on ${node}; "npm ci" brings the right one, and npm and npx use it`,
    );
};

/** Runs one command line and sets the exit code. */
export const runCommandLine = async (words: readonly string[]): Promise<void> => {
  forgiveGoneReaders();
  const program = createProgram();
  try {
    requireNode();
    await program.parseAsync(withoutHelpOfUnknown(program, words), { from: 'user' });
  } catch (problem) {
    process.exitCode = exitCodeOf(problem, words.includes('--json'));
  }
  setTimeout(() => process.exit(), LEFTOVERS_MS).unref();
};

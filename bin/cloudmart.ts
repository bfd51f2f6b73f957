#!/usr/bin/env node
import { Command } from 'commander';
import { bundleCommand } from './commands/bundle.ts';
import { checklistCommand } from './commands/checklist.ts';
import { composeCommand } from './commands/compose.ts';
import { costCommand } from './commands/cost.ts';
import { diffCommand } from './commands/diff.ts';
import { imageCommand } from './commands/image.ts';
import { lawsCommand } from './commands/laws.ts';
import { mapCommand } from './commands/map.ts';
import { newServiceCommand } from './commands/new-service.ts';
import { pagesCommand } from './commands/pages.ts';
import { preflightCommand } from './commands/preflight.ts';
import { publishCommand } from './commands/publish.ts';
import { renderCommand } from './commands/render.ts';
import { replayCommand } from './commands/replay.ts';
import { rollCommand } from './commands/roll.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { upCommand } from './commands/up.ts';
import { verifyCommand } from './commands/verify.ts';

const program = new Command('cloudmart')
  .description('Runs, renders, checks and operates the CloudMart platform.')
  .addHelpText(
    'after',
    `
Exit code 0: done, and nothing found. 1: a finding, or it could not be done. 2: wrong usage, such as an unknown option.`,
  )
  .addCommand(upCommand())
  .addCommand(bundleCommand())
  .addCommand(checklistCommand())
  .addCommand(composeCommand())
  .addCommand(costCommand())
  .addCommand(diffCommand())
  .addCommand(imageCommand())
  .addCommand(lawsCommand())
  .addCommand(mapCommand())
  .addCommand(newServiceCommand())
  .addCommand(pagesCommand())
  .addCommand(preflightCommand())
  .addCommand(publishCommand())
  .addCommand(renderCommand())
  .addCommand(replayCommand())
  .addCommand(rollCommand())
  .addCommand(rollbackCommand())
  .addCommand(verifyCommand());

// Commander itself ends with 1 when a command line cannot be used, which scripts would take for a finding.
for (const command of [program, ...program.commands])
  command
    .showHelpAfterError('(add --help for the options)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

program.parseAsync().catch((problem: unknown) => {
  process.stderr.write(`cloudmart: ${problem instanceof Error ? problem.message : String(problem)}\n`);
  process.exitCode = 1;
});

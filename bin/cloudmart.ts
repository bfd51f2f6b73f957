#!/usr/bin/env node
import { Command } from 'commander';
import { diffCommand } from './commands/diff.ts';
import { renderCommand } from './commands/render.ts';
import { upCommand } from './commands/up.ts';

const program = new Command('cloudmart')
  .description('Runs, renders, checks and operates the CloudMart platform.')
  .showHelpAfterError('(add --help for the options)')
  .addCommand(upCommand())
  .addCommand(diffCommand())
  .addCommand(renderCommand());

program.parseAsync().catch((problem: unknown) => {
  process.stderr.write(`cloudmart: ${problem instanceof Error ? problem.message : String(problem)}\n`);
  process.exitCode = 1;
});

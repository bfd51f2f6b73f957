#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { closeAmbientVariables } from './command-line/ambient-variables.ts';

// Kept in the machine's temporary folder: a later command neither strips nor compiles these modules again.
enableCompileCache();
closeAmbientVariables();
const { runCommandLine } = await import('./command-line/program.ts');
await runCommandLine(process.argv.slice(2));

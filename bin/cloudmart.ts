#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Kept in the machine's temporary folder: a later command neither strips nor compiles these modules again.
enableCompileCache();
const { runProgram } = await import('./command-line/program.ts');
await runProgram(process.argv.slice(2));

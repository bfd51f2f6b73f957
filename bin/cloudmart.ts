#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Kept in the machine's temporary folder: a later command neither strips nor compiles these modules again.
enableCompileCache();
const { runCommandLine } = await import('./command-line/program.ts');
await runCommandLine(process.argv.slice(2));

import { Command } from 'commander';

/** `cloudmart cost`: what an environment costs a month. */
export const costCommand = (): Command =>
  new Command('cost')
    .description('estimate what an environment costs a month, from its templates and a dated price table')
    .requiredOption('--environment <name>', 'dev, staging or production')
    .option('--json', 'print every item as one line of JSON')
    .option('--limit <usd>', 'exit 1 when the sum is above this many USD')
    .action(async ({ environment, json, limit }: { environment: string; json?: boolean; limit?: string }) => {
      if (limit !== undefined && !(Number(limit) > 0))
        throw new Error(`--limit ${limit} is no amount; give USD a month such as 300`);
      const { costOf } = await import('../../lib/cost/cost-of.ts');
      const { costTable } = await import('../../lib/cost/cost-table.ts');
      const estimate = costOf(environment);
      process.stdout.write(json ? `${JSON.stringify(estimate)}\n` : costTable(estimate));
      if (limit !== undefined && estimate.usdPerMonth > Number(limit)) {
        process.stderr.write(
          `${environment} costs ${estimate.usdPerMonth} USD a month, more than ${limit}; see the levers\n`,
        );
        process.exitCode = 1;
      }
    });

import { Command } from 'commander';
import type { PreflightReport } from '../../lib/release/preflight/preflight.ts';

type Options = {
  environment: string;
  service?: string[];
  account?: string;
  resolver?: string;
  deadline: string;
  json?: boolean;
};

const EXAMPLES = `
Examples:
  npx cloudmart preflight --environment staging
  npx cloudmart preflight --environment staging --account 111122223333 --json > preflight.json
  npx cloudmart preflight --environment dev --service order payment
`;

const seconds = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0.1 || value > 120)
    throw new Error(`--deadline ${text}: give seconds from 0.1 to 120`);
  return value;
};

const linesOf = ({ environment, checks, notChecked, findings }: PreflightReport): string[] => [
  ...findings.map(({ code, problem, command }) => `${code}: ${problem}\n  ${command}`),
  ...notChecked,
  findings.length === 0
    ? `${environment} may be deployed: ${checks.length} checks passed`
    : `${environment} must not be deployed: ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`,
];

/** `cloudmart preflight`: whether AWS holds what a deployment is about to start. */
export const preflightCommand = (): Command =>
  new Command('preflight')
    .description(
      'check credentials, account, region, images, secrets, roles, certificate, domain and quotas before a deployment; reads only, exit 1 when something is to be mended',
    )
    .requiredOption('--environment <name>', 'dev, staging or production')
    .option('--service <names...>', 'services that are checked; default all')
    .option('--account <id>', 'account that the environment lives in, where lib/environments.ts names none')
    .option('--resolver <address>', 'DNS server to ask, address or address:port; default those of this machine')
    .option('--deadline <seconds>', 'time that one question to AWS may take', '15')
    .option('--json', 'print the report as one line of JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ environment, service, account, resolver, deadline, json }: Options) => {
      const { environmentNamed } = await import('../../lib/environments.ts');
      const target = environmentNamed(environment);
      const deadlineMs = seconds(deadline) * 1000;
      const { platformPreflight } = await import('../../lib/release/preflight/preflight-checkout.ts');
      const report = await platformPreflight({
        environment: target,
        services: service,
        account,
        resolver,
        deadlineMs,
        progress: (sentence) => process.stderr.write(`${sentence}\n`),
      });
      process.stdout.write(`${json ? JSON.stringify(report) : linesOf(report).join('\n')}\n`);
      if (report.findings.length > 0) process.exitCode = 1;
    });

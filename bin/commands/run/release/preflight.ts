import type { PreflightReport } from '../../../../lib/release/preflight/preflight.ts';
import { accountOf } from '../../../../lib/release/preflight/preflight-account.ts';
import { platformPreflight } from '../../../../lib/release/preflight/preflight-checkout.ts';
import { asTyped } from '../../../command-line/options.ts';
import { print, say } from '../../../command-line/print.ts';
import type { PreflightFlags } from '../../release/preflight.ts';

const linesOf = ({ environment, checks, notChecked, findings }: PreflightReport): string[] => [
  ...findings.flatMap(({ code, problem, command }) => [`${code}: ${problem}`, `  ${command}`]),
  ...notChecked,
  findings.length === 0
    ? `${environment} may be deployed: ${checks.length} checks passed`
    : `${environment} must not be deployed: ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`,
];

/** Asks AWS and prints what is to be mended. */
export const runPreflight = async (flags: PreflightFlags): Promise<void> => {
  const { environment, service, account, resolver, deadline, json } = flags;
  asTyped(() => accountOf(environment, account));
  const report = await platformPreflight({
    environment,
    services: service,
    account,
    resolver,
    deadlineMs: deadline * 1000,
    progress: say,
  });
  print(json, report, () => linesOf(report));
  if (report.findings.length > 0) process.exitCode = 1;
};

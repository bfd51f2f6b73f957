/** `cloudmart preflight`: whether AWS holds what a deployment is about to start. It only reads. */

import { accountOfCredentials, awsQuestions } from '../../aws/ask-aws.ts';
import { type CheckOutcome, type Finding, findingOfFailure } from '../../aws/finding.ts';
import { accountFindings, accountOf, regionFindings, subscriberFindings } from './preflight-account.ts';
import type { PreflightCheck, PreflightContext } from './preflight-check.ts';
import { certificateCheck, domainCheck } from './preflight-domain.ts';
import { identityCheck } from './preflight-identities.ts';
import { imageCheck, type WholeImage } from './preflight-images.ts';
import { providerCheck } from './preflight-providers.ts';
import { quotaCheck } from './preflight-quotas.ts';
import { configurationCheck, secretCheck } from './preflight-secrets.ts';

export type PreflightRequest = Pick<PreflightContext, 'environment' | 'services' | 'pods' | 'tagsOf' | 'progress'> & {
  /** Account that the environment lives in where `lib/environments.ts` names none. */
  readonly account?: string | undefined;
  /** Region that the caller's own AWS settings name, if any: what `docker login` and the AWS CLI use. */
  readonly callerRegion: string | undefined;
  /** DNS server to ask, `address:port`; default those of this machine. */
  readonly resolver?: string | undefined;
  /** Milliseconds that one question to AWS may take, its retries included; default 15,000. */
  readonly deadlineMs?: number | undefined;
};

/** What became of one check. */
export type PreflightCheckReport = {
  readonly check: string;
  readonly state: 'passed' | 'found' | 'not-checked';
  /** What was looked at, or why it was not. */
  readonly summary: string;
};

export type PreflightReport = {
  readonly environment: string;
  readonly region: string;
  /** Account that the credentials belong to; absent: it could not be asked. */
  readonly account?: string;
  /** Every check in order. */
  readonly checks: readonly PreflightCheckReport[];
  /** Images that were found whole. */
  readonly images: readonly WholeImage[];
  /** Sentences on what does not exist yet or could not be looked at; none of them stops a deployment alone. */
  readonly notChecked: readonly string[];
  /** None: the deployment may start. */
  readonly findings: readonly (Finding & { readonly check: string })[];
};

const outcomeOf = async (check: PreflightCheck, context: PreflightContext): Promise<CheckOutcome> => {
  try {
    return await check.run(context);
  } catch (problem) {
    return { summary: 'failed', findings: [findingOfFailure(problem, context.environment, check.asks)] };
  }
};

/**
 * Checks credentials, account and region, then everything that the environment needs, in this order. Checks do not depend on each other:
 * a finding hides the others only where they would ask the wrong account or nobody, and then the report says so. What AWS refuses is a
 * finding; nothing is thrown but our own mistakes.
 */
export const preflight = async (request: PreflightRequest): Promise<PreflightReport> => {
  const { environment, callerRegion, progress } = request;
  const { name, region } = environment;
  const expected = accountOf(environment, request.account);
  const aws = awsQuestions(region, request.deadlineMs);
  const images: WholeImage[] = [];
  const remaining = [
    configurationCheck,
    imageCheck((image) => images.push(image)),
    secretCheck,
    identityCheck,
    certificateCheck,
    domainCheck,
    quotaCheck,
    providerCheck,
  ];
  const checks: PreflightCheckReport[] = [];
  const findings: PreflightReport['findings'][number][] = [];
  const notChecked: string[] = [];
  const note = (check: string, { summary, findings: found, notChecked: not = [] }: CheckOutcome) => {
    checks.push({ check, state: found.length > 0 ? 'found' : 'passed', summary });
    findings.push(...found.map((finding) => ({ check, ...finding })));
    notChecked.push(...not);
    progress(`${check}: ${found.map(({ code }) => code).join(', ') || 'fine'} (${summary})`);
  };
  const report = (account?: string): PreflightReport => ({
    environment: name,
    region,
    account,
    checks,
    images,
    notChecked,
    findings,
  });
  const leaveOut = (left: readonly string[], because: string) => {
    for (const check of left) checks.push({ check, state: 'not-checked', summary: `not checked because ${because}` });
    notChecked.push(`${left.join(', ')}: not checked because ${because}`);
  };

  progress(`asking STS in ${region} whose credentials these are`);
  let account: string;
  try {
    account = await accountOfCredentials(aws);
  } catch (problem) {
    note('credentials', { summary: 'failed', findings: [findingOfFailure(problem, environment, 'STS')] });
    leaveOut(
      ['account', 'region', 'subscribers', ...remaining.map((check) => check.name)],
      'AWS does not say whose credentials these are',
    );
    return report();
  }
  note('credentials', { summary: `of account ${account}`, findings: [] });
  const wrongAccount = accountFindings(environment, account, expected);
  note('account', { summary: expected ?? 'none declared', findings: wrongAccount });
  note('region', { summary: region, findings: regionFindings(environment, callerRegion) });
  const { emails, endpoints } = environment.alerts;
  note('subscribers', {
    summary: [...emails, ...endpoints].join(', ') || 'none',
    findings: subscriberFindings(environment),
  });
  if (wrongAccount.some(({ code }) => code === 'account-differs')) {
    leaveOut(
      remaining.map((check) => check.name),
      `${account} is the wrong account`,
    );
    return report(account);
  }
  const context: PreflightContext = {
    environment,
    account,
    aws,
    services: request.services,
    pods: request.pods,
    tagsOf: request.tagsOf,
    resolver: request.resolver,
    progress,
  };
  for (const check of remaining) {
    progress(`checking ${check.name}`);
    note(check.name, await outcomeOf(check, context));
  }
  return report(account);
};

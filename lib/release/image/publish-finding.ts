/** What can keep an image from its registry, and how a failure becomes such a finding. */

import { type Finding, findingOfFailure } from '../../aws/finding.ts';
import type { Environment } from '../../environment/environment.ts';
import { type EngineCode, EngineError } from './image-engine.ts';

export type PublishFinding = Omit<Finding, 'code'> & {
  /** Stable; for scripts. */
  readonly code: Finding['code'] | EngineCode | 'push-refused' | 'registry-unreachable' | 'digest-differs';
};

/** Ends a publication with what stopped it. */
export class PublishRefused extends Error {
  readonly findings: readonly PublishFinding[];

  constructor(...findings: PublishFinding[]) {
    super(findings.map(({ problem }) => problem).join('; '));
    this.findings = findings;
  }
}

/** The command that goes on where a publication ended. */
export const publishAgain = ({ name }: Environment): string => `npx cloudmart publish --environment ${name}`;

/**
 * The findings behind a failure; what is neither of the engine nor of AWS is thrown on.
 * @param asked name of the AWS service that was asked
 */
export const publishFindingsOf = (
  problem: unknown,
  environment: Environment,
  asked = 'ECR',
): readonly PublishFinding[] => {
  if (problem instanceof PublishRefused) return problem.findings;
  const again = publishAgain(environment);
  if (problem instanceof EngineError) return [{ code: problem.code, problem: problem.message, command: again }];
  const finding = findingOfFailure(problem, environment, asked);
  return [{ ...finding, command: finding.command.startsWith('npx cloudmart') ? again : finding.command }];
};

/**
 * What a registry's refusal of an engine means, by what the engine says of it.
 * @param sentence what was refused, for when the reason is none that is known
 */
export const registryRefusal = (
  problem: unknown,
  {
    environment,
    host,
    service,
    sentence,
  }: { environment: Environment; host: string; service?: string; sentence: string },
): unknown => {
  if (!(problem instanceof EngineError) || problem.code !== 'engine-failed') return problem;
  const complaint = problem.complaint.trim().split('\n').at(-1)?.trim() ?? '';
  const refused = (code: PublishFinding['code'], words: string) =>
    new PublishRefused({
      code,
      service,
      problem: `${words} (${complaint})`,
      command: publishAgain(environment),
    });
  if (/token has expired/i.test(complaint))
    return refused('credentials-expired', `the login at ${host} has expired; publish again`);
  if (/dial tcp|no such host|i\/o timeout|connection re(fused|set)|tls handshake|unexpected eof/i.test(complaint))
    return refused('registry-unreachable', `${host} does not answer the engine; check its network and proxy`);
  return refused('push-refused', sentence);
};

/** What a pre-flight can find, and what a failed call to AWS means. */
import type { Environment } from '../environment/environment.ts';

export type FindingCode =
  | 'credentials-missing'
  | 'credentials-expired'
  | 'credentials-refused'
  | 'clock-skewed'
  | 'permission-missing'
  | 'aws-unreachable'
  | 'aws-failed'
  | 'account-differs'
  | 'account-undeclared'
  | 'region-differs'
  | 'subscriber-missing'
  | 'configuration-placeholder'
  | 'configuration-malformed'
  | 'configuration-stand-in'
  | 'bundle-refused'
  | 'repository-missing'
  | 'image-missing'
  | 'image-empty'
  | 'image-platform-missing'
  | 'image-unreadable'
  | 'image-labels-differ'
  | 'secret-missing'
  | 'secret-deleted'
  | 'secret-empty'
  | 'secret-placeholder'
  | 'secret-malformed'
  | 'secret-stand-in'
  | 'role-missing'
  | 'role-trust-differs'
  | 'identity-missing'
  | 'identity-differs'
  | 'certificate-missing'
  | 'certificate-pending'
  | 'certificate-unusable'
  | 'zone-missing'
  | 'zone-not-delegated'
  | 'dns-unreachable'
  | 'name-unresolved'
  | 'quota-too-small'
  | 'provider-unreachable'
  | 'provider-failed'
  | 'provider-refuses-key'
  | 'agent-missing'
  | 'agent-not-prepared';

export type Finding = {
  /** Stable; for scripts. */
  readonly code: FindingCode;
  /** Absent: the finding is about the whole environment. */
  readonly service?: string;
  /** One sentence: what is wrong, and where. */
  readonly problem: string;
  /** Command that mends it; a word in angle brackets is yours to fill in. */
  readonly command: string;
};

/** What one check of a pre-flight saw. */
export type CheckOutcome = {
  /** A few words on what was seen. */
  readonly summary: string;
  readonly findings: readonly Finding[];
  /** Sentences on what could not be looked at yet, each with its reason. */
  readonly notChecked?: readonly string[];
};

/** An image that answers, but with something that is no image of ours; its message is the finding's sentence. */
export class UnreadableImage extends Error {}

/** An answer that says nothing of what was asked; its message says which. */
export class FailedAnswer extends Error {}

const UNREACHABLE = [
  'AbortError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'TimeoutError',
];
const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'TokenProviderError'];
// A request is good for five minutes to either side of AWS's own time.
const SKEWED = ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'];
const SKEWED_MESSAGE = /signature (expired|not yet current)/i;
const REFUSED = [
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
];

const namesOf = (problem: unknown): string[] => {
  const { name, code, cause } = problem as { name?: string; code?: string; cause?: unknown };
  return [name, code, ...(cause instanceof Error ? namesOf(cause) : [])].filter((one) => one !== undefined);
};

/**
 * The finding behind a failed call; what is no failure of AWS is thrown on.
 * @param asked name of the AWS service that was asked, as people know it
 */
export const findingOfFailure = (
  problem: unknown,
  { region, name }: Pick<Environment, 'region' | 'name'>,
  asked: string,
): Pick<Finding, 'code' | 'problem' | 'command'> => {
  if (!(problem instanceof Error)) throw problem;
  const names = namesOf(problem);
  const is = (known: readonly string[]) => names.some((one) => known.includes(one));
  const message = problem.message.replaceAll(/\s+/g, ' ');
  const again = `npx cloudmart preflight --environment ${name}`;
  if (problem instanceof UnreadableImage) return { code: 'image-unreadable', problem: message, command: again };
  if (is(EXPIRED) || (is(['CredentialsProviderError']) && /expired/i.test(message)))
    return {
      code: 'credentials-expired',
      problem: `the AWS credentials have expired; sign in again (${message})`,
      command: 'aws sso login',
    };
  if (is(['CredentialsProviderError']))
    return {
      code: 'credentials-missing',
      problem: `there are no AWS credentials; sign in, or set AWS_PROFILE (${message})`,
      command: 'aws sso login',
    };
  if (is(SKEWED) || SKEWED_MESSAGE.test(message))
    return {
      code: 'clock-skewed',
      problem: `the clock of this machine differs from that of AWS by more than five minutes; set it (${message})`,
      command: 'sudo timedatectl set-ntp true',
    };
  if (is(REFUSED))
    return {
      code: 'credentials-refused',
      problem: `${asked} in ${region} does not accept the AWS credentials: ${message}`,
      command: 'aws configure',
    };
  if (is(['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation']))
    return {
      code: 'permission-missing',
      problem: `the AWS credentials may not read from ${asked} in ${region}: ${message}`,
      command: `export AWS_PROFILE=<profile that may read from ${asked}>`,
    };
  // The SDK hangs the answer that it could not read on the error, hidden.
  if (names.includes('SyntaxError') && '$response' in problem)
    return {
      code: 'aws-unreachable',
      problem: `something else than ${asked} answered in its place for ${region} (${message.split(' Deserialization')[0]}); check the proxy and AWS_ENDPOINT_URL`,
      command: again,
    };
  if (is(UNREACHABLE))
    return {
      code: 'aws-unreachable',
      problem: `${asked} in ${region} does not answer (${is(['AbortError']) ? 'the deadline passed' : message || names.join(', ')}); check the network, the proxy and AWS_ENDPOINT_URL`,
      command: again,
    };
  if ('$fault' in problem || problem instanceof FailedAnswer)
    return {
      code: 'aws-failed',
      problem: `${asked} in ${region} failed (${problem.name}: ${message})`,
      command: again,
    };
  throw problem;
};

/** A failed call in one sentence; what is no failure of AWS is told in its own words. */
export const sentenceOfFailure = (...[problem, environment, asked]: Parameters<typeof findingOfFailure>): string => {
  try {
    return findingOfFailure(problem, environment, asked).problem;
  } catch {
    return (problem as Error).message.replaceAll(/\s+/g, ' ');
  }
};

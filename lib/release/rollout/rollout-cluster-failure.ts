/** What can go wrong between an operator and the API server. */
import { ApiException } from '@kubernetes/client-node';

export type ClusterFailure =
  | 'cluster.no-kubeconfig'
  | 'cluster.no-context'
  | 'cluster.unreachable'
  | 'cluster.slow'
  | 'cluster.unauthenticated'
  | 'cluster.forbidden'
  | 'cluster.missing'
  | 'cluster.refused'
  | 'cluster.failed';

/** A call that the cluster, or the way to it, did not take. The message is one sentence for the operator. */
export class ClusterRefused extends Error {
  readonly code: ClusterFailure;

  constructor(code: ClusterFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ClusterRefused';
    this.code = code;
  }

  /** Whether the same call may succeed in a while. */
  get isPassing(): boolean {
    return ['cluster.unreachable', 'cluster.slow', 'cluster.failed'].includes(this.code);
  }
}

const namesOf = (problem: unknown): string[] => {
  if (typeof problem !== 'object' || problem === null) return [];
  const { name, code, cause } = problem as { name?: string; code?: unknown; cause?: unknown };
  return [name, typeof code === 'string' ? code : undefined, ...namesOf(cause)].filter((one) => one !== undefined);
};

/** What the API server says in its own words: the message of its Status object. */
const messageOf = ({ body }: ApiException<unknown>): string => {
  let status: unknown = body;
  if (typeof body === 'string')
    try {
      status = JSON.parse(body);
    } catch {
      return body.replaceAll(/\s+/g, ' ').slice(0, 200);
    }
  const { message } = (status ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : 'without a reason';
};

/** What a failed call means, as one sentence for the operator. */
export const refusalOf = (problem: unknown, what: string, server: string, seconds: number): ClusterRefused => {
  if (problem instanceof ClusterRefused) return problem;
  const refused = (code: ClusterFailure, sentence: string) => new ClusterRefused(code, sentence, { cause: problem });
  if (problem instanceof ApiException) {
    const message = messageOf(problem);
    if (problem.code === 401)
      return refused(
        'cluster.unauthenticated',
        `${server} does not know these credentials; sign in again, or choose a context with --context`,
      );
    if (problem.code === 403)
      return refused('cluster.forbidden', `these credentials may not ${what}: ${message}; use a role that may`);
    if (problem.code === 404) return refused('cluster.missing', `${server} cannot ${what}: ${message}`);
    if (problem.code === 429 || problem.code >= 500)
      return refused('cluster.failed', `${server} failed to ${what} (${problem.code}: ${message}); try again`);
    return refused('cluster.refused', `${server} refused to ${what} (${problem.code}: ${message})`);
  }
  const names = namesOf(problem);
  if (names.includes('TimeoutError') || names.some((name) => /timeout|ETIMEDOUT/i.test(name)))
    return refused(
      'cluster.slow',
      `${server} did not ${what} within ${seconds} s; look at the network and the cluster, or give it more with --call-timeout`,
    );
  const cause = names.find((name) => /^E[A-Z]+$|_/.test(name)) ?? (problem as Error).message;
  return refused(
    'cluster.unreachable',
    `no cluster answers at ${server} (${cause}); check the network, the VPN and the context`,
  );
};

import type { Jobs } from '../../kit/jobs/jobs.ts';
import { mailLink } from './mail-account.ts';
import type { UserEffects } from './user-effects.ts';

/** Queue of the addresses that asked for a link. */
export const resetQueue = 'mail-reset-link';

/**
 * Has a link to set a new password mailed, if the address has an account. The request does the same work whether it has one or
 * not, which is to queue a job: neither the answer nor its time tells.
 */
export const requestReset = (jobs: Pick<Jobs, 'enqueue'>, email: string): Promise<void> =>
  jobs.enqueue(undefined, resetQueue, { email }, { singletonKey: email });

/** What the job does. An address without an account gets nothing: a mail would go to a stranger. */
export const mailResetLink = async (parts: UserEffects, email: string): Promise<void> => {
  await parts.transaction(async (tx) => {
    const user = await parts.users.findByEmail(email, tx);
    if (user) await mailLink(parts, tx, user, 'reset-password');
  });
};

/** From the options of a command to the cluster, the chat and the shop that it works on. */
import { type ClusterRequest, type SessionRequest, shopOf } from '../../lib/release/verify/session.ts';
import type { ClusterFlags, SessionFlags } from './cluster-options.ts';
import { asTyped } from './options.ts';
import { say } from './print.ts';

/** @param signal ends everything that is under way */
export const clusterRequest = (
  { kubeconfig, context, deadline, callTimeout, webhook }: ClusterFlags,
  signal: AbortSignal,
): ClusterRequest => ({
  kubeconfig,
  context,
  deadlineSeconds: deadline,
  callTimeoutMs: callTimeout * 1000,
  chat: webhook,
  progress: say,
  signal,
});

/** Refuses, as wrong usage, an environment without a public door where no address is given and the shop is to be tried. */
export const sessionRequest = (flags: SessionFlags, signal: AbortSignal): SessionRequest => {
  const { environment, url, outside, mailbox, card } = flags;
  return {
    ...clusterRequest(flags, signal),
    shop: outside ? asTyped(() => ({ ...shopOf(environment, { url, card }), mailbox })) : undefined,
  };
};

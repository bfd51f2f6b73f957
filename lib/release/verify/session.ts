/** From what an operator typed to a cluster, a public address and a chat: what `verify` and `rollback` have in common. */

import type { Environment } from '../../environment/environment.ts';
import { services } from '../../services.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import { connectCluster, type RolloutCluster } from '../rollout/rollout-cluster.ts';
import type { WaitOptions } from '../rollout/rollout-wait.ts';
import { handledInPods } from './handled-events.ts';
import type { WasMailed } from './not-observable.ts';
import { mailedTo, notAsked, notedAsSent } from './sent-mails.ts';
import { type OutsideVerdict, verifyOutside } from './verify-outside.ts';
import { postMessage, WEBHOOK_VARIABLE, WebhookFailed, webhookUrl } from './webhook.ts';

/** Flags as commander gives them: the cluster and the chat. */
export type ClusterFlags = {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly deadline: string;
  readonly callTimeout: string;
  readonly webhook?: string;
};

/** With those of the shop from outside. */
export type SessionFlags = ClusterFlags & {
  readonly url?: string;
  readonly outside: boolean;
  readonly mailbox?: string;
  readonly card: string;
};

export type ClusterSession = {
  readonly cluster: RolloutCluster;
  readonly wait: WaitOptions;
  /** Posts to the chat, if there is one; a failure becomes a sentence on stderr and nothing else. */
  tell(text: string): Promise<void>;
};

export type Session = ClusterSession & {
  /** Undefined where `--no-outside` left it out. */
  readonly outside: (() => Promise<OutsideVerdict>) | undefined;
};

const seconds = (flag: string, text: string, most: number): number => {
  const value = Number(text);
  if (!(value > 0 && value <= most)) throw new WrongUsage(`--${flag} ${text}: give seconds above 0, at most ${most}`);
  return value;
};

const publicUrl = ({ url, outside }: SessionFlags, { name, publicDoor }: Environment): string | undefined => {
  if (!outside) return undefined;
  const address = url ?? (publicDoor && `https://${publicDoor.host}`);
  if (address === undefined)
    throw new WrongUsage(
      `${name} has no public door in lib/environments.ts; give the address that customers use with --url, or leave it out with --no-outside`,
    );
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new WrongUsage(`--url ${address}: give an http or https address such as https://shop.example`);
  return address.replace(/\/+$/, '');
};

/** What the deployment says of itself. */
export type Deployment = {
  readonly namespace: string;
  /** Finds the name of the table with the notes of sent mails; undefined: AWS is not asked. */
  readonly mailTable: (() => Promise<string>) | undefined;
};

const mailsOf = ({ mailbox }: SessionFlags, environment: Environment, { mailTable }: Deployment): WasMailed => {
  if (mailbox !== undefined) return mailedTo(mailbox);
  return mailTable ? notedAsSent(environment, mailTable) : notAsked;
};

/** Opens the cluster and the chat; nothing is asked yet. Throws {@link WrongUsage}, `WebhookFailed` or `ClusterRefused`, one sentence each. */
export const openClusterSession = (
  flags: ClusterFlags,
  namespace: string,
  progress: (sentence: string) => void,
  signal: AbortSignal,
): ClusterSession => {
  const wait = { deadlineSeconds: seconds('deadline', flags.deadline, 7_200), progress, signal };
  const callTimeoutMs = seconds('call-timeout', flags.callTimeout, 300) * 1000;
  const address = flags.webhook ?? process.env[WEBHOOK_VARIABLE];
  const chat = address ? webhookUrl(address) : undefined;
  const { kubeconfig, context } = flags;
  return {
    cluster: connectCluster({ kubeconfig, context, namespace, callTimeoutMs, signal }),
    wait,
    tell: async (text) => {
      if (!chat) return progress(`no chat is told: ${WEBHOOK_VARIABLE} is not set`);
      try {
        await postMessage(chat, text);
        progress('the chat is told');
      } catch (problem) {
        if (!(problem instanceof WebhookFailed)) throw problem;
        progress(problem.message);
      }
    },
  };
};

/** {@link openClusterSession}, and the shop from outside; nothing is asked yet. */
export const openSession = (
  flags: SessionFlags,
  environment: Environment,
  deployment: Deployment,
  progress: (sentence: string) => void,
  signal: AbortSignal,
): Session => {
  const url = publicUrl(flags, environment);
  const { card } = flags;
  const wasMailed = mailsOf(flags, environment, deployment);
  const session = openClusterSession(flags, deployment.namespace, progress, signal);
  const wasHandled = handledInPods(session.cluster, environment);
  return {
    ...session,
    outside:
      url === undefined
        ? undefined
        : () => verifyOutside({ url, services, card, wasMailed, wasHandled, progress, signal }),
  };
};

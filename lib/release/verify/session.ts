/** A cluster, a chat, and the shop from outside: what `verify` and `rollback` have in common. */
import type { Environment } from '../../environment/environment.ts';
import { services } from '../../services.ts';
import { connectCluster, type RolloutCluster } from '../rollout/rollout-cluster.ts';
import type { WaitOptions } from '../rollout/rollout-wait.ts';
import { handledInPods } from './handled-events.ts';
import type { WasMailed } from './not-observable.ts';
import { type MailNotes, mailedTo, notAsked, notedAsSent } from './sent-mails.ts';
import type { WatchPipelines } from './standing-pipelines.ts';
import { type OutsideVerdict, verifyOutside } from './verify-outside.ts';
import { postMessage, WEBHOOK_VARIABLE, WebhookFailed, webhookUrl } from './webhook.ts';

/** Which cluster is asked, for how long, and who is told. */
export type ClusterRequest = {
  /** File with the address of the cluster; absent: `KUBECONFIG`, then `~/.kube/config`. */
  readonly kubeconfig?: string | undefined;
  /** Context in that file; absent: its current one. */
  readonly context?: string | undefined;
  /** Seconds for all roll-outs together. */
  readonly deadlineSeconds: number;
  /** Milliseconds for one answer of the API server. */
  readonly callTimeoutMs: number;
  /** Chat that is told; absent: the one that `CLOUDMART_CHAT_WEBHOOK` names, if it is set. */
  readonly chat?: URL | undefined;
  /** Gets one sentence per step. */
  readonly progress: (sentence: string) => void;
  /** Ends everything that is under way. */
  readonly signal: AbortSignal;
};

/** With the shop as customers meet it; undefined: it is not tried. */
export type SessionRequest = ClusterRequest & {
  readonly shop:
    | {
        /** Address without a slash at its end. */
        readonly url: string;
        /** Token of the card that is charged. */
        readonly card: string;
        /** Mailbox of a local run; absent: the notes of sent mails on AWS. */
        readonly mailbox?: string | undefined;
      }
    | undefined;
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

/** Address that customers use. Throws one sentence when none is given and the environment has no public door. */
export const requireAddress = ({ name, publicDoor }: Environment, url: string | undefined): string => {
  const address = url ?? (publicDoor && `https://${publicDoor.host}`);
  if (address === undefined)
    throw new Error(
      `${name} has no public door in lib/environments.ts; give the address that customers use with --url, or leave it out with --no-outside`,
    );
  return address;
};

/** Where a release is tried, and with which card; what is not given is the environment's. Throws one sentence when it has no public door. */
export const shopOf = (
  environment: Environment,
  { url, card }: { url?: string | undefined; card?: string | undefined },
): { url: string; card: string } => ({
  url: requireAddress(environment, url),
  card: card ?? environment.proofCard,
});

/** What the deployment says of itself. */
export type Deployment = {
  readonly namespace: string;
  /** Where it notes which mails it sent; undefined: nowhere, or AWS is not asked. */
  readonly mailNotes: MailNotes | undefined;
  /** How its pipelines stand; undefined: nobody asks. */
  readonly watchPipelines?: WatchPipelines | undefined;
};

const mailsOf = (mailbox: string | undefined, environment: Environment, { mailNotes }: Deployment): WasMailed => {
  if (mailbox !== undefined) return mailedTo(mailbox);
  return mailNotes ? notedAsSent(environment, mailNotes) : notAsked;
};

/** Opens the cluster and the chat; nothing is asked yet. Throws `WebhookFailed` or `ClusterRefused`, one sentence each. */
export const openClusterSession = (request: ClusterRequest, namespace: string): ClusterSession => {
  const { kubeconfig, context, deadlineSeconds, callTimeoutMs, progress, signal } = request;
  const address = process.env[WEBHOOK_VARIABLE];
  const chat = request.chat ?? (address ? webhookUrl(address) : undefined);
  return {
    cluster: connectCluster({ kubeconfig, context, namespace, callTimeoutMs, signal }),
    wait: { deadlineSeconds, progress, signal },
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
export const openSession = (request: SessionRequest, environment: Environment, deployment: Deployment): Session => {
  const { shop, progress, signal } = request;
  const session = openClusterSession(request, deployment.namespace);
  if (!shop) return { ...session, outside: undefined };
  const wasMailed = mailsOf(shop.mailbox, environment, deployment);
  const wasHandled = handledInPods(session.cluster, environment);
  const { url, card } = shop;
  return {
    ...session,
    outside: () =>
      verifyOutside({
        ...{ url, services, card, wasMailed, wasHandled, progress, signal },
        watchPipelines: deployment.watchPipelines,
      }),
  };
};

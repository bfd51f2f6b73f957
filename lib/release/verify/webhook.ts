/** One message to the team's chat. Its address is a secret: whoever has it may post, so it appears in no message and no log. */

/** The message did not arrive; the sentence never holds the address. */
export class WebhookFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WebhookFailed';
  }
}

/** Environment variable that holds the address. */
export const WEBHOOK_VARIABLE = 'CLOUDMART_CHAT_WEBHOOK';

const DEADLINE_MS = 10_000;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The address, if it is one to which a secret may be sent: https, or plain http on this machine. Throws {@link WebhookFailed}. */
export const webhookUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!url || !isSafe)
    throw new WebhookFailed(
      `the chat webhook is no https address; correct ${WEBHOOK_VARIABLE} or --webhook (its value is not shown)`,
    );
  return url;
};

/**
 * Posts `{"text": ...}`, which Slack, Mattermost, Rocket.Chat and Google Chat take. Once, without a retry: a message that arrived
 * although its answer was lost would come twice. Throws {@link WebhookFailed}.
 */
export const postMessage = async (url: URL, text: string): Promise<void> => {
  let status: number;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      // A redirect would hand the message to whoever is named there.
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    await answer.body?.cancel();
    status = answer.status;
  } catch (problem) {
    const { name, cause } = problem as Error;
    const reason =
      name === 'TimeoutError'
        ? `no answer in ${DEADLINE_MS / 1000} s`
        : ((cause as NodeJS.ErrnoException | undefined)?.code ?? 'the connection failed');
    throw new WebhookFailed(`the chat webhook got no message: ${reason}`);
  }
  if (status < 200 || status > 299) throw new WebhookFailed(`the chat webhook took no message: it answered ${status}`);
};

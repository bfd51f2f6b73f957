import { createServer } from 'node:http';
import { hangUp, listen } from '../../../services/kit/testing/loopback.ts';

export type WebhookReceiver = {
  readonly url: string;
  /** Texts in the order in which they came. */
  readonly messages: string[];
  close(): Promise<void>;
};

/** A chat on this machine that keeps what it is sent, and answers with `status`; 0: it never answers. */
export const startWebhookReceiver = async (status = 200): Promise<WebhookReceiver> => {
  const messages: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    messages.push((JSON.parse(body) as { text: string }).text);
    if (status > 0) response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end();
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/hook/very-secret-path`,
    messages,
    close: () => hangUp(server),
  };
};

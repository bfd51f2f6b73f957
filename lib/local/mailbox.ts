/** The mailbox of the local platform: a page to look at the mails, and the same as JSON for tools. */
import fastify from 'fastify';
import { type Mail, type MailSummary, openMailFolder } from '../shop/mail-folder.ts';

export type Mailbox = { readonly url: string; close(): Promise<void> };

const REFRESH_SECONDS = 5;
const MOST_LISTED = 500;

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #d8dee4;vertical-align:top}
a{color:#0550ae}iframe{width:100%;height:38rem;border:1px solid #d8dee4}pre{white-space:pre-wrap;border:1px solid #d8dee4;padding:1rem}
</style></head><body>${body}</body></html>`;

const row = ({ id, sentAt, to, subject }: MailSummary) =>
  `<tr><td>${escapeHtml(sentAt.replace('T', ' ').slice(0, 19))}</td><td>${escapeHtml(to.join(', '))}</td><td><a href="/mails/${encodeURIComponent(id)}/view">${escapeHtml(subject)}</a></td></tr>`;

const listPage = (mails: readonly MailSummary[], count: number) =>
  page(
    'Mailbox',
    `<meta http-equiv="refresh" content="${REFRESH_SECONDS}"><h1>Mailbox</h1><p>${count} ${count === 1 ? 'mail' : 'mails'}; the newest ${mails.length} are shown. Nothing here left this machine.</p>
<table><thead><tr><th>Sent (UTC)</th><th>To</th><th>Subject</th></tr></thead><tbody>${mails.map(row).join('')}</tbody></table>`,
  );

const mailPage = (mail: Mail) =>
  page(
    mail.subject,
    `<p><a href="/">All mails</a></p><h1>${escapeHtml(mail.subject)}</h1><p>From ${escapeHtml(mail.from)}<br>To ${escapeHtml(mail.to.join(', '))}<br>Sent ${escapeHtml(mail.sentAt)}</p>
<h2>HTML</h2><iframe sandbox title="HTML part" src="/mails/${encodeURIComponent(mail.id)}/html"></iframe><h2>Text</h2><pre>${escapeHtml(mail.text)}</pre>`,
  );

const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
// What customers and products wrote ends up in mails: no script, no request to anywhere, an origin of its own.
const MAIL_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * Serves the mails of a folder to this machine: `/`, `/mails?to&limit`, `/mails/:id`, `/mails/:id/view`, `/mails/:id/html`,
 * `/mails/:id/text`.
 * `host` is the address to listen on, loopback by default; a container listens on all of its own.
 */
export const startMailbox = async (folder: string, port: number, host = '127.0.0.1'): Promise<Mailbox> => {
  const mails = openMailFolder(folder);
  const app = fastify({ forceCloseConnections: true });

  app.addHook('onRequest', async (request, reply) => {
    // A page on the internet can make its own name point here; mails are shown to this machine only.
    if (!/^(127\.0\.0\.1|localhost)$/.test(request.hostname))
      return reply
        .code(403)
        .send({ code: 'host.foreign', detail: 'the mailbox answers on 127.0.0.1 and localhost only' });
    reply.headers({
      'content-security-policy': PAGE_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });

  app.get('/', async (_, reply) => {
    const newest = await mails.list();
    return reply.type('text/html; charset=utf-8').send(listPage(newest, await mails.count()));
  });
  app.get<{ Querystring: { to?: string; limit?: number } }>(
    '/mails',
    {
      schema: {
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { to: { type: 'string' }, limit: { type: 'integer', minimum: 1, maximum: MOST_LISTED } },
        },
      },
    },
    async ({ query }) => ({ items: await mails.list(query), count: await mails.count() }),
  );
  for (const [suffix, type, show, policy] of [
    ['', 'application/json; charset=utf-8', (mail: Mail) => JSON.stringify(mail), PAGE_POLICY],
    ['/view', 'text/html; charset=utf-8', mailPage, PAGE_POLICY],
    ['/html', 'text/html; charset=utf-8', (mail: Mail) => mail.html, MAIL_POLICY],
    ['/text', 'text/plain; charset=utf-8', (mail: Mail) => mail.text, PAGE_POLICY],
  ] as const)
    app.get<{ Params: { id: string } }>(`/mails/:id${suffix}`, async ({ params }, reply) => {
      const mail = await mails.read(params.id);
      if (!mail) return reply.code(404).send({ code: 'mail.missing', detail: `there is no mail "${params.id}"` });
      return reply.type(type).header('content-security-policy', policy).send(show(mail));
    });

  await app.listen({ host, port });
  const address = app.server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`,
    close: () => app.close(),
  };
};

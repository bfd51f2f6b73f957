/** The mailbox of the local platform: a page to look at the mails, and the same as JSON for tools. */
import fastify from 'fastify';
import type { SentMail } from '../../services/contracts/mails/sent-mail.ts';
import { type ChatSummary, chatFolderOf, openChatFolder } from '../shop/chat-folder.ts';
import { type MailSummary, openMailFolder, type StoredMail } from '../shop/mail-folder.ts';
import { openSentMailsFolder, sentMailsFolderOf } from '../shop/sent-mails-folder.ts';

export type Mailbox = { readonly url: string; close(): Promise<void> };

const REFRESH_SECONDS = 5;
const MOST_LISTED = 500;

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
:root{color-scheme:light dark;--text:light-dark(#1b1f24,#e6edf3);--back:light-dark(#fff,#0d1117);--line:light-dark(#d8dee4,#30363d);--quiet:light-dark(#57606a,#9aa4af);--link:light-dark(#0550ae,#79b8ff)}
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:var(--text);background:var(--back);overflow-wrap:anywhere}
h1{line-height:1.25}a{color:var(--link)}.quiet{color:var(--quiet)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.5rem .8rem .5rem 0;border-bottom:1px solid var(--line);vertical-align:top}
time{white-space:nowrap}
iframe{width:100%;height:38rem;border:1px solid var(--line);box-sizing:border-box;background:#fff;color-scheme:light}
pre{white-space:pre-wrap;border:1px solid var(--line);padding:1rem}
@media(max-width:40rem){thead{display:none}td time::after{content:" UTC"}tr{display:flex;flex-direction:column;padding:.6rem 0;border-bottom:1px solid var(--line)}td{border:0;padding:0}td:last-child{order:-1;font-weight:600}td:not(:last-child){color:var(--quiet);font-size:.875rem}}
`;

const page = (title: string, body: string, head = '') => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">${head}
<link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>${body}</body></html>`;

const timeOf = (sentAt: string) =>
  `<time datetime="${escapeHtml(sentAt)}">${escapeHtml(sentAt.replace('T', ' ').slice(0, 19))}</time>`;

const row = ({ id, sentAt, to, subject }: MailSummary) =>
  `<tr><td>${timeOf(sentAt)}</td><td>${escapeHtml(to.join(', '))}</td><td><a href="/mails/${encodeURIComponent(id)}/view">${escapeHtml(subject)}</a></td></tr>`;

const listOf = (mails: readonly MailSummary[]) =>
  `<table><thead><tr><th>Sent (UTC)</th><th>To</th><th>Subject</th></tr></thead><tbody>${mails.map(row).join('')}</tbody></table>`;

const countOf = (shown: number, count: number) => {
  if (count === 0) return 'No mail yet. Buy something, and its confirmation appears here.';
  const all = count === 1 ? '1 mail' : `${count} mails`;
  return shown < count ? `${all}; the newest ${shown} are shown.` : `${all}.`;
};

const saidOf = ({ sentAt, title, description, nextSteps }: ChatSummary) =>
  `<tr><td>${timeOf(sentAt)}</td><td><strong>${escapeHtml(title)}</strong><br>${escapeHtml([description, ...nextSteps].join('\n')).replaceAll('\n', '<br>')}</td></tr>`;

const chatOf = (said: readonly ChatSummary[]) =>
  said.length === 0
    ? ''
    : `<h2>What the chat was told</h2><table><thead><tr><th>Sent (UTC)</th><th>Message</th></tr></thead><tbody>${said.map(saidOf).join('')}</tbody></table>`;

const toldOf = ({ sentAt, kind, orderId, accountId }: SentMail) =>
  `<tr><td>${timeOf(sentAt)}</td><td>${escapeHtml(kind)}</td><td>${escapeHtml(orderId ?? accountId ?? '')}</td></tr>`;

const sentOf = (told: readonly SentMail[]) =>
  told.length === 0
    ? ''
    : `<h2>What the topic of sent mails was told</h2><p><a href="/sent-mails">The last ${told.length} as JSON</a></p><table><thead><tr><th>Sent (UTC)</th><th>Mail</th><th>About</th></tr></thead><tbody>${told.map(toldOf).join('')}</tbody></table>`;

type Shown = { mails: readonly MailSummary[]; count: number; said: readonly ChatSummary[]; told: readonly SentMail[] };

const listPage = ({ mails, count, said, told }: Shown) =>
  page(
    'Mailbox',
    `<h1>Mailbox</h1><p>${countOf(mails.length, count)} <span class="quiet">Nothing here left this machine.</span></p>${mails.length > 0 ? listOf(mails) : ''}${chatOf(said)}${sentOf(told)}`,
    `<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`,
  );

const mailPage = (mail: StoredMail) =>
  page(
    mail.subject,
    `<p><a href="/">All mails</a></p><h1>${escapeHtml(mail.subject)}</h1>
<p class="quiet">From ${escapeHtml(mail.from)}<br>To ${escapeHtml(mail.to.join(', '))}<br>Sent ${timeOf(mail.sentAt)} UTC</p>
<h2>As HTML</h2><iframe sandbox title="The mail as HTML" src="/mails/${encodeURIComponent(mail.id)}/html"></iframe>
<h2>As text</h2><pre>${escapeHtml(mail.text)}</pre>`,
  );

const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
// What customers and products wrote ends up in mails: no script, no request to anywhere, an origin of its own.
const MAIL_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * Serves the mails of a folder, and what beside them a chat and the topic of sent mails were told, to this machine: `/`, `/chat`,
 * `/sent-mails`, `/mails?to&limit`, `/mails/:id`, `/mails/:id/view`, `/mails/:id/html`, `/mails/:id/text`.
 * `host` is the address to listen on, loopback by default; a container listens on all of its own.
 */
export const startMailbox = async (folder: string, port: number, host = '127.0.0.1'): Promise<Mailbox> => {
  const mails = openMailFolder(folder);
  const chat = openChatFolder(chatFolderOf(folder));
  const sentMails = openSentMailsFolder(sentMailsFolderOf(folder));
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
    const shown = { mails: await mails.list(), count: await mails.count(), said: await chat.list() };
    return reply.type('text/html; charset=utf-8').send(listPage({ ...shown, told: await sentMails.list() }));
  });
  app.get('/chat', async () => ({ items: await chat.list() }));
  app.get('/sent-mails', async () => ({ items: await sentMails.list() }));
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
    ['', 'application/json; charset=utf-8', (mail: StoredMail) => JSON.stringify(mail), PAGE_POLICY],
    ['/view', 'text/html; charset=utf-8', mailPage, PAGE_POLICY],
    ['/html', 'text/html; charset=utf-8', (mail: StoredMail) => mail.html, MAIL_POLICY],
    ['/text', 'text/plain; charset=utf-8', (mail: StoredMail) => mail.text, PAGE_POLICY],
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

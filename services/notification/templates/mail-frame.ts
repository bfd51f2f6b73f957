/** What all mails look like: a heading, paragraphs, what they are about, and one button. */

import { escapeHtml } from '../../kit/mail/escape-html.ts';
import type { Mail } from '../../kit/mail/mail-sender.ts';

/** Style of what is told beside the matter. */
export const quiet = 'color:#52606d';

/** The parts of a mail; texts are plain and are escaped here, `details` and `notes` as each form has them. */
export type MailParts = {
  readonly shopName: string;
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  /** Between the paragraphs and the button; default nothing. */
  readonly details?: { readonly text: readonly string[]; readonly html: string } | undefined;
  /** The one button; default none. */
  readonly link?: { readonly label: string; readonly href: string } | undefined;
  /** After the button; default nothing. */
  readonly notes?: { readonly text: readonly string[]; readonly html: string } | undefined;
};

const textOf = ({ shopName, greeting, paragraphs, details, link, notes }: MailParts): string =>
  [
    greeting,
    '',
    ...paragraphs.flatMap((paragraph) => [paragraph, '']),
    ...(details?.text ?? []),
    ...(link ? [`${link.label}: ${link.href}`, ''] : []),
    ...(notes?.text ?? []),
    shopName,
    '',
  ].join('\n');

// Only programs that know dark mode read this; the others keep the colours that stand at each element.
const darkMode =
  '@media (prefers-color-scheme:dark){body{background:#11161c!important;color:#e6eaee!important}main{background:#1b222a!important}td{border-color:#3a444f!important}.quiet{color:#a7b2bd!important}}';

const htmlOf = ({ shopName, subject, greeting, paragraphs, details, link, notes }: MailParts): string => {
  const button = link
    ? `<p><a href="${escapeHtml(link.href)}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#0b5cad;color:#fff;text-decoration:none">${escapeHtml(link.label)}</a></p>\n`
    : '';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title><style>${darkMode}</style></head>
<body style="margin:0;background:#f4f5f7;font:16px/1.5 system-ui,sans-serif;color:#1d2733">
<main style="max-width:560px;margin:0 auto;padding:32px 24px;background:#fff">
<p class="quiet" style="margin:0 0 24px;font-weight:600;${quiet}">${escapeHtml(shopName)}</p>
<h1 style="font-size:22px;margin:0 0 16px">${escapeHtml(subject)}</h1>
<p style="overflow-wrap:anywhere">${escapeHtml(greeting)}</p>
${paragraphs.map((paragraph) => `<p style="overflow-wrap:anywhere">${escapeHtml(paragraph)}</p>`).join('\n')}
${details?.html ?? ''}${button}${notes?.html ?? ''}</main>
</body>
</html>
`;
};

/** The mail of these parts: subject, plain text, and HTML that says the same. */
export const frameMail = (parts: MailParts): Mail => ({
  subject: parts.subject,
  text: textOf(parts),
  html: htmlOf(parts),
});

import type { Mail } from '../templates/render-mail.ts';

export type OutgoingMail = Mail & { readonly notificationId: string; readonly from: string; readonly to: string };

/** What sends mails: SES, or a folder to look into. */
export type MailSender = {
  /** Sends and returns the sender's name for the message. Throws `MailRefused` when it surely was not sent. */
  send(mail: OutgoingMail): Promise<string>;
  /** The message's name if an earlier attempt sent it; undefined when the sender cannot tell. */
  findSent(notificationId: string): Promise<string | undefined>;
};

/** The mail was not sent: the sender said so. */
export class MailRefused extends Error {}

/** Opens the sender that MAIL_URL names: `ses:` or `folder:/path`. */
export const openMailSender = async (url: string): Promise<MailSender> => {
  if (url === 'ses:') return (await import('./ses-mail-sender.ts')).createSesMailSender();
  const folder = /^folder:(.+)$/.exec(url)?.[1];
  if (!folder) throw new Error(`MAIL_URL "${url}" names no mail sender; use ses: or folder:/path`);
  return (await import('./folder-mail-sender.ts')).createFolderMailSender(folder);
};

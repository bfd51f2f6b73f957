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

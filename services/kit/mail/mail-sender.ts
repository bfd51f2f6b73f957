/** What is said, in both forms; texts in HTML are escaped (`escape-html.ts`). */
export type Mail = {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Headers beside the usual ones; default none. */
  readonly headers?: Readonly<Record<string, string>>;
};

export type OutgoingMail = Mail & { readonly notificationId: string; readonly from: string; readonly to: string };

/** What an earlier attempt did: sent the mail under this name, sent nothing, or nobody can tell. */
export type EarlierAttempt = { readonly sentAs: string } | 'not-sent' | 'unknown';

/** What sends mails: SES, or a folder to look into. */
export type MailSender = {
  /**
   * Sends and returns the sender's name for the message, within ten seconds. Throws `MailRefused` or `SenderAway` when it surely
   * was not sent, and anything else when it may have been.
   */
  send(mail: OutgoingMail): Promise<string>;
  /** What became of an earlier attempt whose end nobody noted. Throws `SenderAway` when it cannot be asked now. */
  findSent(notificationId: string): Promise<EarlierAttempt>;
};

/** This mail was not sent: the sender said so. Others may go. */
export class MailRefused extends Error {}

/** Nothing was sent, and nothing can be at the moment. */
export class SenderAway extends Error {}

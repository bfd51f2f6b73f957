/** Mails to everybody who is on call. */
import { escapeHtml } from '../../kit/mail/escape-html.ts';
import type { MailSender } from '../../kit/mail/mail-sender.ts';

export type MailContacts = {
  /** Mails the same lines to each, once for a name; resolves to the addresses, none where nobody is on call. */
  mail(
    name: string,
    words: { readonly subject: string; readonly lines: readonly string[] },
  ): Promise<readonly string[]>;
};

export type MailContactsParts = {
  readonly sender: MailSender;
  readonly from: string;
  /** Addresses of those who are on call. */
  readonly to: readonly string[];
};

export const createMailContacts = ({ sender, from, to }: MailContactsParts): MailContacts => ({
  mail: async (name, { subject, lines }) => {
    const mail = {
      subject,
      text: `${lines.join('\n')}\n`,
      html: lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n'),
    };
    for (const address of to) await sender.send({ ...mail, notificationId: `${name}:${address}`, from, to: address });
    return to;
  },
});

/** Mails to everybody who is on call. */
import { escapeHtml } from '../../kit/mail/escape-html.ts';
import type { MailSender } from '../../kit/mail/mail-sender.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';

export type MailContacts = {
  /**
   * Mails the same lines to each, once for a name; resolves to the addresses that were told, none where nobody is on call. Throws where
   * nobody of them could be told.
   */
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
  readonly logger: Logger;
};

export const createMailContacts = ({ sender, from, to, logger }: MailContactsParts): MailContacts => ({
  mail: async (name, { subject, lines }) => {
    const mail = {
      subject,
      text: `${lines.join('\n')}\n`,
      html: lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n'),
    };
    const told: string[] = [];
    const problems: unknown[] = [];
    for (const address of to)
      try {
        await sender.send({ ...mail, notificationId: `${name}:${address}`, from, to: address });
        told.push(address);
      } catch (problem) {
        problems.push(problem);
      }
    // Tried again as a whole, those who were told would be told once more.
    if (told.length === 0 && problems.length > 0) throw problems.at(-1);
    for (const error of problems) logger.error({ error, name }, 'somebody who is on call could not be told');
    return told;
  },
});

/** Mails to everybody who is on call. */
import { escapeHtml } from '../../kit/mail/escape-html.ts';
import type { MailSender } from '../../kit/mail/mail-sender.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import type { NoticeChannel } from './notice-channel.ts';

export type MailContactsParts = {
  readonly sender: MailSender;
  readonly from: string;
  /** Addresses of those who are on call. */
  readonly to: readonly string[];
  readonly logger: Logger;
};

/** Mails the same lines to each, once for a name. */
export const createMailContacts = ({ sender, from, to, logger }: MailContactsParts): NoticeChannel => ({
  name: 'mail',
  tell: async ({ name, subject, lines, nextSteps }) => {
    const all = [...lines, ...nextSteps];
    const mail = {
      subject,
      text: `${all.join('\n')}\n`,
      html: all.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n'),
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
    if (to.length === 0) logger.warn({ name }, 'nobody who is on call is mailed: INCIDENT_MAILS is empty');
    return told;
  },
});

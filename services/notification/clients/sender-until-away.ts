import { type MailSender, SenderAway } from '../../kit/mail/mail-sender.ts';

/** A sender that is not asked again once it was away: for a batch, whose mails would else wait for one time limit after the other. */
export const senderUntilAway = (sender: MailSender): MailSender => {
  let away: SenderAway | undefined;
  const ask = async <T>(call: () => Promise<T>): Promise<T> => {
    if (away) throw away;
    try {
      return await call();
    } catch (problem) {
      if (problem instanceof SenderAway) away = problem;
      throw problem;
    }
  };
  return {
    send: (mail) => ask(() => sender.send(mail)),
    findSent: (notificationId) => ask(() => sender.findSent(notificationId)),
  };
};

import type { SentMail } from '../../contracts/mails/sent-mail.ts';

/** Whoever wants to hear of mails that went out: subscribers of a topic of SNS, or a folder to look into. */
export type MailTopic = {
  /** Tells of a mail within four seconds, at the first try or not at all. Throws `TopicAway` when it could not, or nobody can tell. */
  tell(mail: SentMail): Promise<void>;
};

/** Nobody was told of a mail, or nobody can tell; the next attempt says the same again. */
export class TopicAway extends Error {}

/** A topic that is not asked again once it was away: for a batch, whose mails would else wait for one time limit after the other. */
export const topicUntilAway = (topic: MailTopic): MailTopic => {
  let away: TopicAway | undefined;
  return {
    tell: async (mail) => {
      if (away) throw away;
      await topic.tell(mail).catch((problem: unknown) => {
        if (problem instanceof TopicAway) away = problem;
        throw problem;
      });
    },
  };
};

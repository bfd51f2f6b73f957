import { writeOnce } from '../../kit/write-once.ts';
import { type MailTopic, TopicAway } from './mail-topic.ts';

/** A topic in a folder, one JSON file a mail: what the local platform shows instead of SNS. */
export const createFolderMailTopic = (folder: string): MailTopic => ({
  tell: async (mail) => {
    const content = `${JSON.stringify(mail, null, 2)}\n`;
    await writeOnce(folder, `${mail.id.replaceAll(':', '.')}.json`, content).catch((problem: NodeJS.ErrnoException) => {
      throw new TopicAway(`the folder of sent mails ${folder} cannot be used: ${problem.code}`, { cause: problem });
    });
  },
});

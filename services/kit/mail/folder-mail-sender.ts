import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOnce } from '../write-once.ts';
import { type MailSender, SenderAway } from './mail-sender.ts';

const fileNameOf = (notificationId: string) => `${notificationId.replaceAll(':', '.')}.json`;
const codeOf = (problem: unknown) => (problem as NodeJS.ErrnoException).code;

/** A mailbox in a folder, one JSON file a mail: what the local platform shows instead of SES. */
export const createFolderMailSender = (folder: string): MailSender => {
  const away = (problem: unknown) =>
    new SenderAway(`the mailbox ${folder} cannot be used: ${codeOf(problem)}`, { cause: problem });

  return {
    send: async (mail) => {
      const name = fileNameOf(mail.notificationId);
      const content = `${JSON.stringify({ ...mail, sentAt: new Date().toISOString() }, null, 2)}\n`;
      await writeOnce(folder, name, content).catch((problem: unknown) => {
        throw away(problem);
      });
      return join(folder, name);
    },
    findSent: async (notificationId) => {
      const file = join(folder, fileNameOf(notificationId));
      try {
        await readFile(file);
        return { sentAs: file };
      } catch (problem) {
        if (codeOf(problem) === 'ENOENT') return 'not-sent';
        throw away(problem);
      }
    },
  };
};

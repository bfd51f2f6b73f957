import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MailSender, SenderAway } from './mail-sender.ts';

const fileNameOf = (notificationId: string) => `${notificationId.replaceAll(':', '.')}.json`;
const codeOf = (problem: unknown) => (problem as NodeJS.ErrnoException).code;

/** A mailbox in a folder, one JSON file a mail: what the local platform shows instead of SES. */
export const createFolderMailSender = (folder: string): MailSender => {
  const away = (problem: unknown) =>
    new SenderAway(`the mailbox ${folder} cannot be used: ${codeOf(problem)}`, { cause: problem });

  const write = (draft: string, content: string) => writeFile(draft, content, { flush: true });
  const writeDraft = async (draft: string, content: string) => {
    try {
      await write(draft, content).catch(async (problem: unknown) => {
        if (codeOf(problem) !== 'ENOENT') throw problem;
        await mkdir(folder, { recursive: true });
        await write(draft, content);
      });
    } catch (problem) {
      throw away(problem);
    }
  };

  return {
    send: async (mail) => {
      const file = join(folder, fileNameOf(mail.notificationId));
      const draft = join(folder, `.${randomUUID()}.draft`);
      try {
        await writeDraft(draft, `${JSON.stringify({ ...mail, sentAt: new Date().toISOString() }, null, 2)}\n`);
        // A link appears at once and whole, and never replaces a mail that is there.
        await link(draft, file).catch((problem: unknown) => {
          if (codeOf(problem) !== 'EEXIST') throw away(problem);
        });
      } finally {
        await unlink(draft).catch(() => undefined);
      }
      return file;
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

import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MailSender } from './mail-sender.ts';

const fileNameOf = (notificationId: string) => `${notificationId.replaceAll(':', '.')}.json`;

/** A mailbox in a folder, one JSON file a mail: what the local platform shows instead of SES. */
export const createFolderMailSender = (folder: string): MailSender => ({
  send: async (mail) => {
    await mkdir(folder, { recursive: true });
    const file = join(folder, fileNameOf(mail.notificationId));
    const draft = join(folder, `.${randomUUID()}.draft`);
    await writeFile(draft, `${JSON.stringify({ ...mail, sentAt: new Date().toISOString() }, null, 2)}\n`, {
      flush: true,
    });
    // A link appears at once and whole, and never replaces a mail that is there.
    await link(draft, file).finally(() => unlink(draft));
    return file;
  },
  findSent: async (notificationId) => {
    const file = join(folder, fileNameOf(notificationId));
    try {
      await readFile(file);
      return file;
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw problem;
    }
  },
});

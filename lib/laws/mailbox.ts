import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Mail = {
  readonly notificationId: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
};

/** Mails in the folder that takes the place of SES on one machine; a folder that is not there has none. */
export const readMails = async (folder: string): Promise<Mail[]> => {
  const names = await readdir(folder).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return [];
    throw problem;
  });
  const mails: Mail[] = [];
  for (const name of names)
    if (name.endsWith('.json')) mails.push(JSON.parse(await readFile(join(folder, name), 'utf8')) as Mail);
  return mails;
};

/** What the local platform "told" a chat: one JSON file a message, in the form of custom notifications of Amazon Q Developer. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** Where, beside the mails of a folder, stands what a chat was told. */
export const chatFolderOf = (mailFolder: string): string => path.join(mailFolder, 'chat');

const storedSchema = z.object({
  id: z.string(),
  content: z.object({ title: z.string(), description: z.string(), nextSteps: z.array(z.string()) }),
  metadata: z.object({ threadId: z.string() }),
  sentAt: z.string(),
});

type Stored = z.output<typeof storedSchema>;

export type ChatSummary = Stored['content'] & Stored['metadata'] & Pick<Stored, 'id' | 'sentAt'>;

const mostListed = 100;

const readMessage = async (file: string): Promise<ChatSummary[]> => {
  try {
    const { id, content, metadata, sentAt } = storedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return [{ id, ...content, ...metadata, sentAt }];
  } catch {
    return [];
  }
};

/** Newest first, the last hundred; files that are no messages are passed over, and a folder that nobody has made yet is empty. */
export const listChat = async (folder: string): Promise<ChatSummary[]> => {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const all: ChatSummary[] = [];
  for (const name of names) all.push(...(await readMessage(path.join(folder, name))));
  return all.sort((a, b) => b.sentAt.localeCompare(a.sentAt)).slice(0, mostListed);
};

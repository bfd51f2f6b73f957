/** What the local platform "told" a chat: one JSON file a message, in the form of custom notifications of Amazon Q Developer. */
import path from 'node:path';
import { z } from 'zod';
import { type MessageFolder, openMessageFolder } from './message-folder.ts';

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

/** What a chat was told; the folder may be filled and even made later. */
export const openChatFolder = (folder: string): MessageFolder<ChatSummary> =>
  openMessageFolder(folder, (stored) => {
    const { id, content, metadata, sentAt } = storedSchema.parse(stored);
    return { id, ...content, ...metadata, sentAt };
  });

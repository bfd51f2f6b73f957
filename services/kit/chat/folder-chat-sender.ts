import { writeOnce } from '../write-once.ts';
import { ChatAway, type ChatSender, chatMessage } from './chat-sender.ts';

/** A chat in a folder, one JSON file a message: what the local platform shows instead of Slack or Teams. */
export const createFolderChatSender = (folder: string): ChatSender => ({
  send: async (notice) => {
    const content = { ...chatMessage(notice), sentAt: new Date().toISOString() };
    const name = `${notice.id.replaceAll(':', '.')}.json`;
    await writeOnce(folder, name, `${JSON.stringify(content, null, 2)}\n`).catch((problem: NodeJS.ErrnoException) => {
      throw new ChatAway(`the chat's folder ${folder} cannot be used: ${problem.code}`, { cause: problem });
    });
  },
});

import type { ChatSender } from './chat-sender.ts';

/** Opens what CHAT_URL names: `sns:<ARN of a topic>` or `folder:/path`. */
export const openChatSender = async (url: string): Promise<ChatSender> => {
  const [, kind, place] = /^(sns|folder):(.+)$/.exec(url) ?? [];
  if (!place) throw new Error(`CHAT_URL "${url}" names no chat; use sns:<ARN of a topic> or folder:/path`);
  return kind === 'sns'
    ? (await import('./sns-chat-sender.ts')).createSnsChatSender(place)
    : (await import('./folder-chat-sender.ts')).createFolderChatSender(place);
};

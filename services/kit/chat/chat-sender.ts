/** What tells people in a chat, and in which form: that of custom notifications of Amazon Q Developer in chat applications, on every platform. */
import { maskUrlPasswords } from '../telemetry/logger.ts';

export type ChatNotice = {
  /** Its name; sent again under the same one it is the same. */
  readonly id: string;
  /** What it belongs to: notices of one thread stand together. */
  readonly threadId: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly nextSteps: readonly string[];
  readonly keywords: readonly string[];
};

/** What tells a chat: a topic of SNS, or a folder to look into. */
export type ChatSender = {
  /** Sends within ten seconds. Throws `ChatAway` when it could not. */
  send(notice: ChatNotice): Promise<void>;
};

/** It was not sent, or nobody can tell; a second try may tell it twice. */
export class ChatAway extends Error {}

/** Event schema of AWS, "Custom notifications using Amazon Q Developer in chat applications"; messages in any other form are dropped unseen. */
export type ChatMessage = {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: { readonly threadId: string };
};

/** Far below the 256 KiB of a message of SNS, and more than anybody reads. */
const mostCharacters = 4_000;

const address = /[\w.+-]+@[\w-]+(\.[\w-]+)+/g;
const marks: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/**
 * A chat belongs to somebody else: no password of an address and no e-mail address goes there, whoever typed it. What chats take for
 * mentions and links is written as they write it plainly.
 */
const plain = (text: string): string =>
  maskUrlPasswords(text)
    .replace(address, '[address]')
    .slice(0, mostCharacters)
    .replace(/[&<>]/g, (mark) => marks.get(mark) ?? mark);

export const chatMessage = ({ id, threadId, title, lines, nextSteps, keywords }: ChatNotice): ChatMessage => ({
  version: '1.0',
  source: 'custom',
  id,
  content: {
    textType: 'client-markdown',
    title: plain(title),
    description: plain(lines.join('\n')),
    nextSteps: nextSteps.map(plain),
    keywords: keywords.map(plain),
  },
  metadata: { threadId },
});

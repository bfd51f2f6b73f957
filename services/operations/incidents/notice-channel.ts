/** In which ways those on call are told, and what each of them is given to say. */
import type { ChatSender } from '../../kit/chat/chat-sender.ts';
import type { Jobs } from '../../kit/jobs/jobs.ts';
import type { Sql } from '../../kit/storage/database.ts';

export type ChannelName = 'mail' | 'chat';

/** The same to whoever reads it, wherever: no person is named in it. */
export type Words = {
  readonly subject: string;
  readonly lines: readonly string[];
  /** What whoever reads it may do next. */
  readonly nextSteps: readonly string[];
  readonly keywords: readonly string[];
};

export type NamedWords = Words & {
  /** Told again under the same name it is the same. */
  readonly name: string;
  /** Id of the incident or the window that it belongs to. */
  readonly about: string;
};

export type NoticeChannel = {
  readonly name: ChannelName;
  /** Resolves to whom it told, nobody where nobody listens there. Throws where nobody could be told, to be tried again. */
  tell(words: NamedWords): Promise<readonly string[]>;
};

export const createChatChannel = (sender: ChatSender): NoticeChannel => ({
  name: 'chat',
  tell: async ({ name, about, subject, ...words }) => {
    await sender.send({ ...words, id: name, threadId: about, title: subject });
    return ['the chat'];
  },
});

/** How often and how long a notice is tried in a channel; then it is a dead letter of its queue. */
const budget = { retryLimit: 8, timeoutSeconds: 30 } as const;

/**
 * A queue for each channel, and a job in each for every notice: what one of them refuses neither stops nor repeats another. That of mails
 * has the name that it had when there was no other.
 */
export const queuesOf = <Notice extends object>(
  jobs: Pick<Jobs, 'enqueue' | 'work'>,
  channels: readonly NoticeChannel[],
  queue: 'incident-notices' | 'window-notices',
  tell: (notice: Notice, channel: NoticeChannel) => Promise<unknown>,
) => {
  const queueOf = (channel: ChannelName) => (channel === 'mail' ? queue : `${queue}-${channel}`);
  for (const channel of channels)
    jobs.work<Notice>(queueOf(channel.name), { concurrency: 2, ...budget }, (notice) => tell(notice, channel));
  const enqueueIn = (channel: ChannelName, tx: Sql | undefined, notice: Notice, startAfter?: Date) =>
    jobs.enqueue(tx, queueOf(channel), notice, startAfter && { startAfter });
  return {
    enqueueIn,
    /** Queues it for every channel. */
    enqueue: async (tx: Sql, notice: Notice, startAfter?: Date): Promise<void> => {
      for (const { name } of channels) await enqueueIn(name, tx, notice, startAfter);
    },
  };
};

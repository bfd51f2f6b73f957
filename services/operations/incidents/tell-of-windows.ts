/** Tells whoever is on call of maintenance windows: when one is announced, a day before it begins, and when it is ended before its time. */
import type { Jobs } from '../../kit/jobs/jobs.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { KnownWindow, WindowRepository } from '../storage/window-repository.ts';
import { type NoticeChannel, queuesOf, type Words } from './notice-channel.ts';

const dayMs = 86_400_000;

type WindowNotice = { readonly windowId: string; readonly kind: 'announced' | 'tomorrow' | 'ended' };

export type WindowTellingEffects = {
  readonly jobs: Pick<Jobs, 'enqueue' | 'work'>;
  readonly windows: Pick<WindowRepository, 'find'>;
  /** In which ways they are told. */
  readonly channels: readonly NoticeChannel[];
  readonly clock: Clock;
};

export type WindowTelling = {
  /** Queues what is told of a new window, in the transaction that makes it. */
  announced(tx: Sql, window: Pick<KnownWindow, 'id' | 'beginsAt'>): Promise<void>;
  /** The same of one that somebody ends before its time. */
  ended(tx: Sql, id: string): Promise<void>;
};

const subjects: Readonly<Record<WindowNotice['kind'], string>> = {
  announced: 'maintenance announced',
  tomorrow: 'maintenance within a day',
  ended: 'maintenance over',
};

const linesOf = ({ kind }: WindowNotice, { beginsAt, endsAt, closedAt }: KnownWindow): string[] =>
  kind === 'ended'
    ? [`It ended at ${closedAt?.toISOString()}, before its time. Its alerts wake somebody again.`]
    : [
        `From ${beginsAt.toISOString()} to ${endsAt.toISOString()}.`,
        'Its alerts wake nobody meanwhile; books that differ and attacks do.',
      ];

/** What is told, in every channel. */
const wordsOf = (notice: WindowNotice, window: KnownWindow): Words => ({
  subject: `${subjects[notice.kind]}: ${window.title}`,
  lines: [`Away: ${window.services.join(', ') || 'everything'}.`, ...linesOf(notice, window)],
  nextSteps: notice.kind === 'ended' ? [] : [`End it: npx cloudmart maintenance close ${window.id}`],
  keywords: ['maintenance', ...window.services],
});

/** Declares the queues and gives what fills them. */
export const tellOfWindows = ({ jobs, windows, channels, clock }: WindowTellingEffects): WindowTelling => {
  const { enqueue } = queuesOf<WindowNotice>(jobs, channels, 'window-notices', async (notice, channel) => {
    const { windowId, kind } = notice;
    const window = await windows.find(windowId);
    // Nobody is told a day ahead of what was called off.
    if (!window || (window.closedAt !== null) !== (kind === 'ended')) return;
    await channel.tell({ ...wordsOf(notice, window), name: `${windowId}:${kind}`, about: windowId });
  });
  return {
    announced: async (tx, { id: windowId, beginsAt }) => {
      await enqueue(tx, { windowId, kind: 'announced' });
      const dayBefore = new Date(beginsAt.getTime() - dayMs);
      if (dayBefore > clock.now()) await enqueue(tx, { windowId, kind: 'tomorrow' }, dayBefore);
    },
    ended: (tx, windowId) => enqueue(tx, { windowId, kind: 'ended' }),
  };
};

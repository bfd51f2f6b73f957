/** Tells whoever is on call of maintenance windows: when one is announced, a day before it begins, and when it is ended before its time. */
import type { Jobs } from '../../kit/jobs/jobs.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { KnownWindow, WindowRepository } from '../storage/window-repository.ts';
import type { MailContacts } from './mail-contacts.ts';

const queue = 'window-notices';
const dayMs = 86_400_000;

type WindowNotice = { readonly windowId: string; readonly kind: 'announced' | 'tomorrow' | 'ended' };

export type WindowTellingEffects = {
  readonly jobs: Pick<Jobs, 'enqueue' | 'work'>;
  readonly windows: Pick<WindowRepository, 'find'>;
  readonly contacts: MailContacts;
  readonly clock: Clock;
  readonly logger: Logger;
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

const linesOf = ({ kind }: WindowNotice, { id, beginsAt, endsAt, closedAt }: KnownWindow): string[] =>
  kind === 'ended'
    ? [`It ended at ${closedAt?.toISOString()}, before its time. Its alerts wake somebody again.`]
    : [
        `From ${beginsAt.toISOString()} to ${endsAt.toISOString()}.`,
        'Its alerts wake nobody meanwhile; books that differ and attacks do.',
        `End it: npx cloudmart maintenance close ${id}`,
      ];

const wordsOf = (notice: WindowNotice, window: KnownWindow) => ({
  subject: `${subjects[notice.kind]}: ${window.title}`,
  lines: [`Away: ${window.services.join(', ') || 'everything'}.`, ...linesOf(notice, window)],
});

/** Declares the queue and gives what fills it. */
export const tellOfWindows = (effects: WindowTellingEffects): WindowTelling => {
  const { jobs, windows, contacts, clock, logger } = effects;
  jobs.work<WindowNotice>(queue, { concurrency: 1, retryLimit: 8, timeoutSeconds: 30 }, async (notice) => {
    const { windowId, kind } = notice;
    const window = await windows.find(windowId);
    // Nobody is told a day ahead of what was called off.
    if (!window || (window.closedAt !== null) !== (kind === 'ended')) return;
    const told = await contacts.mail(`${windowId}:${kind}`, wordsOf(notice, window));
    if (told.length === 0)
      logger.warn({ windowId, kind }, 'nobody is told of a maintenance window: INCIDENT_MAILS is empty');
  });
  return {
    announced: async (tx, { id: windowId, beginsAt }) => {
      await jobs.enqueue(tx, queue, { windowId, kind: 'announced' });
      const dayBefore = new Date(beginsAt.getTime() - dayMs);
      if (dayBefore > clock.now())
        await jobs.enqueue(tx, queue, { windowId, kind: 'tomorrow' }, { startAfter: dayBefore });
    },
    ended: async (tx, windowId) => {
      await jobs.enqueue(tx, queue, { windowId, kind: 'ended' });
    },
  };
};

/** Tells whoever is on call of incidents, again while nobody answers, and of the post-mortems that are owed afterwards. */
import type { Jobs } from '../../kit/jobs/jobs.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { IncidentRepository, KnownIncident } from '../storage/incident-repository.ts';
import { isStillDue, mostRounds, type Notice, nameOf, remindersOf, unansweredAt, wordsOf } from './incident-notice.ts';
import { type NoticeChannel, queuesOf } from './notice-channel.ts';

/** Who writes into a timeline what no person did. */
const author = 'operations';

export type TellingEffects = {
  readonly jobs: Pick<Jobs, 'enqueue' | 'work'>;
  readonly incidents: Pick<IncidentRepository, 'find' | 'note'>;
  /** In which ways they are told. */
  readonly channels: readonly NoticeChannel[];
  readonly clock: Clock;
};

type Judged = Pick<KnownIncident, 'id' | 'severity' | 'judgement'>;

export type IncidentTelling = {
  /** Queues what is told of a new incident, in the transaction that opens it. */
  opened(tx: Sql, incident: Judged): Promise<void>;
  /** The same of one whose severity changed. */
  judgedAnew(tx: Sql, incident: Judged): Promise<void>;
  /** The same of one that somebody answers; of the first answer only. */
  acknowledged(tx: Sql, incident: Judged): Promise<void>;
  /** Queues what is told of its end, and the reminders of what is owed then. */
  closed(tx: Sql, incident: Judged): Promise<void>;
};

/**
 * Declares the queues and gives what fills them. What a channel cannot tell is tried again there like any job, and then a dead letter of its
 * queue.
 */
export const tellOfIncidents = ({ jobs, incidents, channels, clock }: TellingEffects): IncidentTelling => {
  const silence = (notice: Notice, round: number): [Notice, Date] => [
    { ...notice, kind: 'unanswered', round },
    unansweredAt(clock.now(), notice.severity),
  ];

  const { enqueue, enqueueIn } = queuesOf<Notice>(jobs, channels, 'incident-notices', async (notice, channel) => {
    const { incidentId, kind, round } = notice;
    const incident = await incidents.find(incidentId);
    if (!incident || !isStillDue(notice, incident)) return;
    const words = { ...wordsOf(notice, incident), name: nameOf(notice), about: incidentId };
    const told = await channel.tell(words);
    if (told.length === 0) return;
    const note = { author, kind: 'told', text: `${kind}: told ${told.join(', ')}` };
    await incidents.note(incidentId, note, async (tx) => {
      if (kind === 'unanswered' && round < mostRounds) await enqueueIn(channel.name, tx, ...silence(notice, round + 1));
    });
  });
  const noticeOf = (kind: Notice['kind'], { id, severity, judgement }: Judged): Notice => ({
    ...{ incidentId: id, kind, round: 1 },
    ...{ severity, judgement },
  });
  const untilAnswered = async (tx: Sql, notice: Notice) => {
    await enqueue(tx, notice);
    await enqueue(tx, ...silence(notice, 1));
  };

  return {
    opened: (tx, incident) => untilAnswered(tx, noticeOf('opened', incident)),
    judgedAnew: (tx, incident) => untilAnswered(tx, noticeOf('judged-anew', incident)),
    acknowledged: (tx, incident) => enqueue(tx, noticeOf('acknowledged', incident)),
    closed: async (tx, incident) => {
      await enqueue(tx, noticeOf('closed', incident));
      const owed = noticeOf('post-mortem', incident);
      for (const [at, when] of remindersOf(clock.now(), incident.severity).entries())
        await enqueue(tx, { ...owed, round: at + 1 }, when);
    },
  };
};

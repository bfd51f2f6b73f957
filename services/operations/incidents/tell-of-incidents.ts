/** Tells whoever is on call of incidents, again while nobody answers, and of the post-mortems that are owed afterwards. */
import type { Incident } from '../../contracts/http/operations/incidents-api.ts';
import type { Jobs } from '../../kit/jobs/jobs.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { IncidentRepository, KnownIncident } from '../storage/incident-repository.ts';
import { isStillDue, mostRounds, type Notice, remindersOf, unansweredAt, wordsOf } from './incident-notice.ts';
import type { MailContacts } from './mail-contacts.ts';

const queue = 'incident-notices';
/** Who writes into a timeline what no person did. */
const author = 'operations';

export type TellingEffects = {
  readonly jobs: Pick<Jobs, 'enqueue' | 'work'>;
  readonly incidents: Pick<IncidentRepository, 'find' | 'note'>;
  /** Who is told; where nobody is on call, the log says so. */
  readonly contacts: MailContacts;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type IncidentTelling = {
  /** Queues what is told of a new incident, in the transaction that opens it. */
  opened(tx: Sql, incident: Pick<KnownIncident, 'id' | 'severity'>): Promise<void>;
  /** The same of one whose severity changed. */
  judgedAnew(tx: Sql, id: string, severity: Incident['severity']): Promise<void>;
  /** The same of one that somebody answers; of the first answer only. */
  acknowledged(tx: Sql, id: string, severity: Incident['severity']): Promise<void>;
  /** Queues what is told of its end, and the reminders of what is owed then. */
  closed(tx: Sql, id: string, severity: Incident['severity']): Promise<void>;
};

/** Declares the queue and gives what fills it. A mail that cannot be sent is tried again like any job, and then a dead letter of the queue. */
export const tellOfIncidents = (effects: TellingEffects): IncidentTelling => {
  const { jobs, incidents, contacts, clock, logger } = effects;

  const enqueue = (tx: Sql | undefined, notice: Notice, startAfter?: Date) =>
    jobs.enqueue(tx, queue, notice, startAfter && { startAfter });
  const silenceOf = (tx: Sql | undefined, notice: Omit<Notice, 'kind'>) =>
    enqueue(tx, { ...notice, kind: 'unanswered' }, unansweredAt(clock.now(), notice.severity));

  jobs.work<Notice>(queue, { concurrency: 2, retryLimit: 8, timeoutSeconds: 30 }, async (notice) => {
    const { incidentId, kind, round } = notice;
    const incident = await incidents.find(incidentId);
    if (!incident || !isStillDue(notice, incident)) return;
    const name = [incidentId, kind, notice.severity, round].join(':');
    const told = await contacts.mail(name, wordsOf(notice, incident));
    if (told.length === 0)
      return logger.warn({ incidentId, kind }, 'nobody is told of an incident: INCIDENT_MAILS is empty');
    await incidents.note(incidentId, { author, kind: 'told', text: `${kind}: told ${told.join(', ')}` });
    if (kind === 'unanswered' && round < mostRounds) await silenceOf(undefined, { ...notice, round: round + 1 });
  });

  return {
    opened: async (tx, { id: incidentId, severity }) => {
      const notice = { incidentId, severity, round: 1 };
      await enqueue(tx, { ...notice, kind: 'opened' });
      await silenceOf(tx, notice);
    },
    judgedAnew: async (tx, incidentId, severity) => {
      const notice = { incidentId, severity, round: 1 };
      await enqueue(tx, { ...notice, kind: 'judged-anew' });
      await silenceOf(tx, notice);
    },
    acknowledged: async (tx, incidentId, severity) => {
      await enqueue(tx, { incidentId, severity, round: 1, kind: 'acknowledged' });
    },
    closed: async (tx, incidentId, severity) => {
      await enqueue(tx, { incidentId, severity, round: 1, kind: 'closed' });
      for (const [at, when] of remindersOf(clock.now(), severity).entries())
        await enqueue(tx, { incidentId, severity, kind: 'post-mortem', round: at + 1 }, when);
    },
  };
};

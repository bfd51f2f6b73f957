/** Which word about an incident is due when, and what it says. Pure. */
import type { Severity } from '../../contracts/http/operations/incidents-api.ts';
import { severities } from '../../contracts/http/operations/severities.ts';
import type { KnownIncident } from '../storage/incident-repository.ts';
import type { Words } from './notice-channel.ts';

/** Why somebody is told: it was opened, its severity changed, nobody has answered in time, somebody has, it is over, or what was learnt is owed. */
export type NoticeKind = 'opened' | 'judged-anew' | 'unanswered' | 'acknowledged' | 'closed' | 'post-mortem';

export type Notice = {
  readonly incidentId: string;
  readonly kind: NoticeKind;
  /** Which one of its kind, from 1. */
  readonly round: number;
  /** Severity for which it is sent; one that was changed since has notices of its own. */
  readonly severity: Severity;
  /** Which judgement of the severity that is; absent in what was queued before they were counted. */
  readonly judgement?: number;
};

/** Under one name nobody is told twice. */
export const nameOf = ({ incidentId, kind, severity, judgement = 1, round }: Notice): string =>
  [incidentId, kind, severity, judgement, round].join(':');

/** How often nobody's silence is told again; after that it is in the list of open incidents alone. */
export const mostRounds = 10;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Hours before a post-mortem is due at which whoever owes it is told. */
const hoursBefore = [24, 0] as const;

const later = (at: Date, ms: number) => new Date(at.getTime() + ms);

/** When nobody's silence is told the next time, counted from when it was told last. */
export const unansweredAt = (since: Date, severity: Severity): Date =>
  later(since, severities[severity].answerMinutes * minuteMs);

/** When a post-mortem is reminded of, after an incident was closed; empty where none is owed. */
export const remindersOf = (closedAt: Date, severity: Severity): Date[] => {
  const { postMortemHours } = severities[severity];
  return postMortemHours === null
    ? []
    : hoursBefore.map((hours) => later(closedAt, (postMortemHours - hours) * hourMs));
};

/** Whether a notice still tells something: nobody is told of what was answered, closed or judged anew meanwhile. */
export const isStillDue = ({ kind, severity, judgement }: Notice, incident: KnownIncident): boolean => {
  if (kind === 'post-mortem' || kind === 'closed') return incident.closedAt !== null;
  if (kind === 'acknowledged') return incident.closedAt === null;
  if (incident.closedAt !== null || incident.severity !== severity) return false;
  if ((judgement ?? incident.judgement) !== incident.judgement) return false;
  return kind !== 'unanswered' || incident.acknowledgedAt === null;
};

const whatHappened = ({ kind, round }: Notice, { severity, acknowledgedAt, closedAt }: KnownIncident): string => {
  const { means, answerMinutes, postMortemHours } = severities[severity];
  const answered = `Somebody has answered, at ${acknowledgedAt?.toISOString()}.`;
  const answer = acknowledgedAt ? answered : `Somebody answers within ${answerMinutes} minutes.`;
  if (kind === 'opened') return `${severity}: ${means}. ${answer}`;
  if (kind === 'judged-anew') return `It is ${severity} now: ${means}. ${answer}`;
  if (kind === 'unanswered')
    return `Nobody has answered within ${answerMinutes} minutes; it goes to the next in line. Reminder ${round} of ${mostRounds}.`;
  if (kind === 'acknowledged') return answered;
  if (kind === 'closed') return `It is over, since ${closedAt?.toISOString()}.`;
  const due = closedAt && postMortemHours !== null ? later(closedAt, postMortemHours * hourMs).toISOString() : 'now';
  return `A post-mortem is owed by ${due}.`;
};

const subjects: Readonly<Record<NoticeKind, string>> = {
  opened: 'incident',
  'judged-anew': 'severity changed',
  unanswered: 'nobody answers',
  acknowledged: 'somebody answers',
  closed: 'over',
  'post-mortem': 'post-mortem owed',
};

/** The next step for whoever reads it. */
const nextStepOf = (kind: NoticeKind, id: string): string => {
  if (kind === 'post-mortem') return `Its beginning: npx cloudmart incident report ${id}`;
  if (kind === 'acknowledged' || kind === 'closed') return `What is known: npx cloudmart incident report ${id}`;
  return `Answer: npx cloudmart incident ack ${id}`;
};

/** What is told, in every channel. */
export const wordsOf = (notice: Notice, incident: KnownIncident): Words => ({
  subject: `[${incident.severity}] ${subjects[notice.kind]}: ${incident.title}`,
  lines: [whatHappened(notice, incident), `Opened at ${incident.openedAt.toISOString()}.`],
  nextSteps: [nextStepOf(notice.kind, incident.id)],
  keywords: ['incident', incident.severity],
});

import type { Incident, IncidentNote, MaintenanceWindow } from '../../contracts/http/operations/incidents-api.ts';
import { severities } from '../../contracts/http/operations/severities.ts';
import type { KnownIncident } from '../storage/incident-repository.ts';
import type { KnownWindow } from '../storage/window-repository.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null;
const later = (at: Date, ms: number) => new Date(at.getTime() + ms);

const stateOf = ({ closedAt, acknowledgedAt }: KnownIncident): Incident['state'] => {
  if (closedAt) return 'closed';
  return acknowledgedAt ? 'acknowledged' : 'open';
};

/** An incident with what its severity asks for: an answer in time, and afterwards what was learnt. */
export const incidentView = (incident: KnownIncident, now: Date): Incident => {
  const { id, severity, title, openedBy, openedAt, acknowledgedBy, acknowledgedAt, closedBy, closedAt } = incident;
  const { answerMinutes, postMortemHours } = severities[severity];
  const answerBy = later(openedAt, answerMinutes * minuteMs);
  const owed = closedAt && postMortemHours !== null ? later(closedAt, postMortemHours * hourMs) : null;
  return {
    id,
    severity,
    title,
    state: stateOf(incident),
    openedBy,
    openedAt: openedAt.toISOString(),
    answerBy: answerBy.toISOString(),
    acknowledgedBy,
    acknowledgedAt: timeOf(acknowledgedAt),
    // Who closes one has answered.
    isLate: (acknowledgedAt ?? closedAt ?? now) > answerBy,
    closedBy,
    closedAt: timeOf(closedAt),
    postMortemBy: timeOf(owed),
  };
};

type TimelinePart = Omit<IncidentNote, 'number' | 'at'> & { readonly at: Date };

/** Everything in the order of its time, counted. */
export const timelineOf = (parts: readonly TimelinePart[]): IncidentNote[] =>
  parts
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, author, kind, text }, index) => ({ number: index + 1, at: at.toISOString(), author, kind, text }));

/** A window as it is now: it ends at its time, whoever forgets it. */
export const windowView = (window: KnownWindow, now: Date): MaintenanceWindow => {
  const { beginsAt, endsAt, openedAt, closedAt, ...rest } = window;
  const isOver = closedAt !== null || now >= endsAt;
  const state = isOver ? 'over' : now >= beginsAt ? 'open' : 'announced';
  return {
    ...rest,
    state,
    openedAt: openedAt.toISOString(),
    beginsAt: beginsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    isAnnouncedInTime: beginsAt.getTime() - openedAt.getTime() >= dayMs,
    closedAt: timeOf(closedAt),
  };
};

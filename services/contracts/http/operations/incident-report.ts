import type { Incident, IncidentNote } from './incidents-api.ts';
import { severities } from './severities.ts';

const minutes = (from: string, to: string | null) =>
  to === null ? 'not yet' : `${Math.round((Date.parse(to) - Date.parse(from)) / 60_000)} min`;

/** The post-mortem of an incident in Markdown, a line each, as far as the record tells it; what only people know is asked for. */
export const incidentReport = (incident: Incident, timeline: readonly IncidentNote[]): string[] => [
  `# ${incident.severity}: ${incident.title}`,
  '',
  `- Incident: ${incident.id} (${severities[incident.severity].means})`,
  `- Opened: ${incident.openedAt} by ${incident.openedBy}`,
  `- Answered: ${incident.acknowledgedAt ?? 'by nobody'}, after ${minutes(incident.openedAt, incident.acknowledgedAt)}${incident.isLate ? ', too late' : ''}`,
  `- Closed: ${incident.closedAt ?? 'not yet'}, after ${minutes(incident.openedAt, incident.closedAt)}`,
  `- Post-mortem: ${incident.postMortemBy === null ? 'none is owed' : `owed by ${incident.postMortemBy}`}`,
  '',
  '## Timeline',
  '',
  ...timeline.map(({ at, author, kind, text }) => `- ${at} ${kind} (${author}): ${text}`),
  '',
  '## What customers noticed',
  '',
  '## What the cause was',
  '',
  '## What went well, and what did not',
  '',
  '## What is changed, by whom, until when',
  '',
];

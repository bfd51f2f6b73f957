/** What went wrong and what was done about it, and times in which something is known to be away; `/operations/incidents`, `/operations/maintenance-windows`. */
import { z } from 'zod';
import { exampleId, exampleTime, idSchema, pageQuery, pageSchema, textSchema, timestampSchema } from '../values.ts';

export const severitySchema = z.enum(['P0', 'P1', 'P2', 'P3']);
export const incidentIdSchema = idSchema('inc');
export const windowIdSchema = idSchema('mnt');

const exampleIncident = {
  id: exampleId('inc'),
  severity: 'P1',
  title: 'The ledger stands still',
  state: 'open',
  openedBy: exampleId('usr'),
  openedAt: exampleTime,
  answerBy: exampleTime,
  acknowledgedBy: null,
  acknowledgedAt: null,
  isLate: false,
  closedBy: null,
  closedAt: null,
  postMortemBy: null,
};

const incidentShape = {
  id: incidentIdSchema,
  severity: severitySchema,
  title: z.string(),
  state: z.enum(['open', 'acknowledged', 'closed']),
  openedBy: z.string(),
  openedAt: timestampSchema,
  /** When somebody has to have answered. */
  answerBy: timestampSchema,
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: timestampSchema.nullable(),
  /** Whether nobody had answered by then, or has not yet: it goes to the next in line. */
  isLate: z.boolean(),
  closedBy: z.string().nullable(),
  closedAt: timestampSchema.nullable(),
  /** When the post-mortem is owed; null: none is, or it is still open. */
  postMortemBy: timestampSchema.nullable(),
};

export const incidentSchema = z.strictObject(incidentShape).meta({ example: exampleIncident });

const exampleNote = {
  number: 1,
  at: exampleTime,
  author: exampleId('usr'),
  kind: 'opened',
  text: 'The ledger stands still',
};

const noteSchema = z.strictObject({
  number: z.int(),
  at: timestampSchema,
  author: z.string(),
  /** `opened`, `acknowledged`, `severity`, `note`, `told` (by mail or in the chat), `act` (of the audit trail) or `closed`; a newer version may know more. */
  kind: z.string(),
  text: z.string(),
});

export const incidentAnswer = z
  .strictObject({ incident: incidentSchema, timeline: z.array(noteSchema) })
  .meta({ example: { incident: exampleIncident, timeline: [exampleNote] } });
export const incidentPage = pageSchema(incidentSchema);
export const listIncidentsQuery = z.strictObject({ state: z.enum(['open', 'closed']).optional(), ...pageQuery });

export const openIncidentBody = z
  .strictObject({
    /** Without one it is judged from the health of the services and the state of the pipelines, and the timeline says why. */
    severity: severitySchema.optional(),
    title: textSchema(200),
    text: textSchema(1_000).optional(),
  })
  .meta({ example: { severity: 'P1', title: 'The ledger stands still' } });

/** A note; with it, who answers says so, and who knows better changes the severity. */
export const noteIncidentBody = z
  .strictObject({
    text: textSchema(1_000),
    acknowledge: z.boolean().default(false),
    severity: severitySchema.optional(),
  })
  .meta({ example: { text: 'Looking at it', acknowledge: true } });

export const closeIncidentBody = z
  .strictObject({ text: textSchema(1_000) })
  .meta({ example: { text: 'The function was stopped by hand on Monday; it runs again' } });

const exampleWindow = {
  id: exampleId('mnt'),
  title: 'New version of PostgreSQL',
  services: ['order'],
  openedBy: exampleId('usr'),
  openedAt: exampleTime,
  beginsAt: exampleTime,
  endsAt: '2026-11-29T11:15:00.000Z',
  state: 'open',
  isAnnouncedInTime: true,
  closedBy: null,
  closedAt: null,
};

const windowSchema = z
  .strictObject({
    id: windowIdSchema,
    title: z.string(),
    /** Services that are away; empty: all. */
    services: z.array(z.string()),
    openedBy: z.string(),
    openedAt: timestampSchema,
    beginsAt: timestampSchema,
    /** Every window ends, closed or not. */
    endsAt: timestampSchema,
    state: z.enum(['announced', 'open', 'over']),
    /** Whether it was announced a day ahead. */
    isAnnouncedInTime: z.boolean(),
    closedBy: z.string().nullable(),
    closedAt: timestampSchema.nullable(),
  })
  .meta({ example: exampleWindow });

export const openWindowBody = z
  .strictObject({
    title: textSchema(200),
    services: z.array(z.string().max(40)).max(10).default([]),
    /** Default now. */
    beginsAt: timestampSchema.max(40).optional(),
    minutes: z.int().min(1).max(1_440),
  })
  .meta({ example: { title: 'New version of PostgreSQL', services: ['order'], minutes: 60 } });
export const windowAnswer = z.strictObject({ window: windowSchema }).meta({ example: { window: exampleWindow } });
export const windowPage = pageSchema(windowSchema);
export const listWindowsQuery = z.strictObject(pageQuery);

export type Severity = z.output<typeof severitySchema>;
export type Incident = z.output<typeof incidentSchema>;
export type IncidentNote = z.output<typeof noteSchema>;
export type MaintenanceWindow = z.output<typeof windowSchema>;

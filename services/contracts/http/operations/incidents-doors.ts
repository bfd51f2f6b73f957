import { z } from 'zod';
import { type Doors, locationHeader } from '../door.ts';
import {
  closeIncidentBody,
  incidentAnswer,
  incidentIdSchema,
  incidentPage,
  listIncidentsQuery,
  listWindowsQuery,
  noteIncidentBody,
  openIncidentBody,
  openWindowBody,
  windowAnswer,
  windowIdSchema,
  windowPage,
} from './incidents-api.ts';

const staff = { access: 'staff', tags: ['operations'] } as const;
const ofIncident = z.strictObject({ id: incidentIdSchema });
const ofWindow = z.strictObject({ id: windowIdSchema });
const answerHeaders = z.object({ location: locationHeader });

export const incidentsDoors = {
  openIncident: {
    ...staff,
    method: 'POST',
    path: '/operations/incidents',
    summary: 'Open an incident',
    description:
      'Without a severity it is judged from what services and pipelines say of themselves; the timeline has the reasons, and a note changes it.',
    body: openIncidentBody,
    answers: { 201: incidentAnswer },
    answerHeaders,
  },
  incidents: {
    ...staff,
    method: 'GET',
    path: '/operations/incidents',
    summary: 'Incidents, newest first',
    query: listIncidentsQuery,
    answers: { 200: incidentPage },
    errors: ['cursor.malformed'],
  },
  incident: {
    ...staff,
    method: 'GET',
    path: '/operations/incidents/:id',
    summary: 'One incident with its timeline',
    description: 'Notes, and what staff did to the shop while it was open, as the audit trail has it.',
    params: ofIncident,
    answers: { 200: incidentAnswer },
    errors: ['incident.unknown'],
  },
  noteIncident: {
    ...staff,
    method: 'POST',
    path: '/operations/incidents/:id/notes',
    summary: 'Add a note, answer, or change the severity',
    params: ofIncident,
    body: noteIncidentBody,
    answers: { 200: incidentAnswer },
    errors: ['incident.unknown', 'incident.closed'],
  },
  closeIncident: {
    ...staff,
    method: 'POST',
    path: '/operations/incidents/:id/close',
    summary: 'Close an incident',
    params: ofIncident,
    body: closeIncidentBody,
    answers: { 200: incidentAnswer },
    errors: ['incident.unknown', 'incident.closed'],
  },
  openWindow: {
    ...staff,
    method: 'POST',
    path: '/operations/maintenance-windows',
    summary: 'Announce a time in which something is away',
    description: 'At most 24 hours, and it ends by itself. It never hides an incident of P0.',
    body: openWindowBody,
    answers: { 201: windowAnswer },
    answerHeaders,
    errors: ['window.past', 'window.far', 'service.unknown'],
  },
  windows: {
    ...staff,
    method: 'GET',
    path: '/operations/maintenance-windows',
    summary: 'Maintenance windows, newest first',
    query: listWindowsQuery,
    answers: { 200: windowPage },
    errors: ['cursor.malformed'],
  },
  closeWindow: {
    ...staff,
    method: 'POST',
    path: '/operations/maintenance-windows/:id/close',
    summary: 'End a maintenance window before its time',
    params: ofWindow,
    answers: { 200: windowAnswer },
    errors: ['window.unknown', 'window.over'],
  },
} as const satisfies Doors;

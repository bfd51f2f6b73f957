import type { Severity } from '../../contracts/http/operations/incidents-api.ts';
import type { incidentsDoors } from '../../contracts/http/operations/incidents-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { fitPage } from '../../kit/values/fit-page.ts';
import { type IdPrefix, type Ids, isId } from '../../kit/values/identifiers.ts';
import {
  cursorMalformed,
  incidentClosed,
  incidentUnknown,
  serviceUnknown,
  windowFar,
  windowOver,
  windowPast,
  windowUnknown,
} from '../domain/operations-refusals.ts';
import { incidentView, timelineOf, windowView } from '../incidents/incident-view.ts';
import type { Judgement } from '../incidents/judge-severity.ts';
import type { IncidentTelling } from '../incidents/tell-of-incidents.ts';
import type { WindowTelling } from '../incidents/tell-of-windows.ts';
import type { ActRepository } from '../storage/act-repository.ts';
import type { IncidentRepository } from '../storage/incident-repository.ts';
import type { WindowRepository } from '../storage/window-repository.ts';
import { actorOf } from '../use-cases/perform-act.ts';

export type IncidentsEffects = {
  readonly incidents: IncidentRepository;
  readonly windows: WindowRepository;
  readonly telling: { readonly incidents: IncidentTelling; readonly windows: WindowTelling };
  /** Judges how bad it is from what services and pipelines say now. */
  readonly judge: () => Promise<Judgement>;
  readonly acts: Pick<ActRepository, 'between'>;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Names of all services. */
  readonly services: readonly string[];
};

const minuteMs = 60_000;
/** How far ahead a window may begin; beyond that it is a year that was mistyped. */
const furthestAheadMs = 366 * 86_400_000;
/** Reasons for a severity that are told; the rest is counted. */
const mostReasons = 10;

const judgedAs = (severity: Severity, reasons: readonly string[]): string => {
  const more = reasons.length - mostReasons;
  return `judged ${severity}: ${reasons.slice(0, mostReasons).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
};

const requireCursor = (prefix: IdPrefix, cursor: string | undefined) => {
  if (cursor !== undefined && !isId(prefix, cursor)) throw cursorMalformed();
};

/** What the doors of incidents and maintenance windows do. */
export const incidentsHandlers = (effects: IncidentsEffects): DoorHandlers<typeof incidentsDoors> => {
  const { incidents, windows, telling, judge, acts, ids, clock, services } = effects;

  const shown = async (id: string) => {
    const incident = await incidents.find(id);
    if (!incident) throw incidentUnknown(id);
    const [notes, done] = await Promise.all([
      incidents.notesOf(id),
      acts.between(incident.openedAt, incident.closedAt ?? clock.now()),
    ]);
    const ofActs = done.map(({ begunAt, actor, act, reason, outcome }) => ({
      at: new Date(begunAt),
      author: actor,
      kind: 'act',
      text: `${act}: ${reason} (${outcome ?? 'under way'})`,
    }));
    return { incident: incidentView(incident, clock.now()), timeline: timelineOf([...notes, ...ofActs]) };
  };
  const shownWindow = async (id: string) => {
    const window = await windows.find(id);
    if (!window) throw windowUnknown(id);
    return { window: windowView(window, clock.now()) };
  };

  return {
    openIncident: async ({ caller, body: { title, text, ...asked } }) => {
      const id = ids.next('inc');
      const openedBy = actorOf(caller);
      const { severity, reasons } = asked.severity ? { severity: asked.severity, reasons: [] } : await judge();
      const notes = [
        { author: openedBy, kind: 'opened', text: text ?? title },
        ...(reasons.length > 0 ? [{ author: 'operations', kind: 'severity', text: judgedAs(severity, reasons) }] : []),
      ];
      await incidents.open({ id, severity, title, openedBy }, notes, telling.incidents.opened);
      return { headers: { location: `/operations/incidents/${id}` }, body: await shown(id) };
    },

    incidents: async ({ query: { state, limit, cursor } }) => {
      requireCursor('inc', cursor);
      const { items, hasMore } = fitPage(await incidents.list(state, limit + 1, cursor), limit);
      const now = clock.now();
      return {
        items: items.map((incident) => incidentView(incident, now)),
        nextCursor: hasMore ? (items.at(-1)?.id ?? null) : null,
      };
    },

    incident: ({ params: { id } }) => shown(id),

    noteIncident: async ({ caller, params: { id }, body: { text, acknowledge, severity } }) => {
      await shown(id);
      const author = actorOf(caller);
      const changed = await incidents.change(id, (incident) => {
        const isFirst = acknowledge && incident.acknowledgedAt === null;
        const judged = severity === incident.severity ? undefined : severity;
        return {
          author,
          acknowledge,
          severity,
          notes: [
            { author, kind: isFirst ? 'acknowledged' : 'note', text },
            ...(judged ? [{ author, kind: 'severity', text: `${incident.severity} is ${judged} now` }] : []),
          ],
          // One act is told once: what is said of a new severity says whether somebody has answered.
          also: async (tx, now) => {
            if (judged) await telling.incidents.judgedAnew(tx, now);
            else if (isFirst) await telling.incidents.acknowledged(tx, now);
          },
        };
      });
      if (!changed) throw incidentClosed(id);
      return shown(id);
    },

    closeIncident: async ({ caller, params: { id }, body: { text } }) => {
      await shown(id);
      const author = actorOf(caller);
      const changed = await incidents.change(id, () => ({
        author,
        close: true,
        notes: [{ author, kind: 'closed', text }],
        also: telling.incidents.closed,
      }));
      if (!changed) throw incidentClosed(id);
      return shown(id);
    },

    openWindow: async ({ caller, body }) => {
      const unknown = body.services.find((name) => !services.includes(name));
      if (unknown !== undefined) throw serviceUnknown(unknown, services);
      const beginsAt = body.beginsAt === undefined ? clock.now() : new Date(body.beginsAt);
      const endsAt = new Date(beginsAt.getTime() + body.minutes * minuteMs);
      if (endsAt <= clock.now()) throw windowPast();
      if (beginsAt.getTime() - clock.now().getTime() > furthestAheadMs) throw windowFar();
      const id = ids.next('mnt');
      const { title, services: away } = body;
      await windows.open({ id, title, services: away, openedBy: actorOf(caller), beginsAt, endsAt }, (tx) =>
        telling.windows.announced(tx, { id, beginsAt }),
      );
      return { headers: { location: `/operations/maintenance-windows/${id}` }, body: await shownWindow(id) };
    },

    windows: async ({ query: { limit, cursor } }) => {
      requireCursor('mnt', cursor);
      const { items, hasMore } = fitPage(await windows.list(limit + 1, cursor), limit);
      const now = clock.now();
      return {
        items: items.map((window) => windowView(window, now)),
        nextCursor: hasMore ? (items.at(-1)?.id ?? null) : null,
      };
    },

    closeWindow: async ({ caller, params: { id } }) => {
      await shownWindow(id);
      const isClosed = await windows.close(id, actorOf(caller), (tx) => telling.windows.ended(tx, id));
      if (!isClosed) throw windowOver(id);
      return shownWindow(id);
    },
  };
};

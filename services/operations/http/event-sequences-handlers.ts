import type { eventSequencesDoors } from '../../contracts/http/operations/event-sequences-doors.ts';
import type { EventLog } from '../../kit/events/event-log.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { topicUnknown } from '../domain/operations-refusals.ts';
import { checkSequences } from '../event-sequences/check-sequences.ts';
import { type RepairSequencesEffects, repairSequences } from '../event-sequences/repair-sequences.ts';
import { tailEvents } from '../event-sequences/tail-events.ts';
import { actorOf } from '../use-cases/perform-act.ts';

export type EventSequencesEffects = RepairSequencesEffects & {
  readonly log: EventLog;
  readonly topics: readonly string[];
};

const dayMs = 86_400_000;

/** What the doors about events do. */
export const eventSequencesHandlers = (effects: EventSequencesEffects): DoorHandlers<typeof eventSequencesDoors> => ({
  tailEvents: async ({ query }) => {
    const { topics, log } = effects;
    const ofTopics = [...topics, ...topics.map((topic) => `${topic}.dead`)];
    if (!ofTopics.includes(query.topic)) throw topicUnknown(query.topic, topics);
    return tailEvents(log, query);
  },

  checkSequences: ({ body: { days, from, after, limit } }) => {
    const since = from === undefined ? new Date(effects.clock.now().getTime() - days * dayMs) : new Date(from);
    return checkSequences(effects, { since, after, limit });
  },

  repairSequences: ({ caller, body }) => repairSequences(effects, { ...body, actor: actorOf(caller) }),
});

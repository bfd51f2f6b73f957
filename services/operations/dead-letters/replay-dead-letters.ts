import {
  mostReplayedAtOnce,
  type ReplayAnswer,
  type ReplayResult,
} from '../../contracts/http/operations/dead-letters-api.ts';
import { deadLetterOf } from '../../kit/events/dead-letters.ts';
import type { EventLog } from '../../kit/events/event-log.ts';
import { deadLetterTopicOf } from '../../kit/manifest.ts';
import type { DeadLetterPlace, DeadLetterRepository, KnownDeadLetter } from '../storage/dead-letter-repository.ts';
import { type PerformActEffects, performAct } from '../use-cases/perform-act.ts';
import { deadLetterId, needsReview, placeOf } from './dead-letter-view.ts';
import { findDeadLetters } from './find-dead-letters.ts';

export type ReplayEffects = PerformActEffects & {
  readonly log: Pick<EventLog, 'offsets' | 'read' | 'append'>;
  readonly letters: DeadLetterRepository;
  /** Every topic of the shop. */
  readonly topics: readonly string[];
};

export type ReplayRequest = {
  readonly actor: string;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly ids?: readonly string[] | undefined;
  readonly filter?: { readonly topic?: string | undefined; readonly consumer?: string | undefined } | undefined;
  readonly upTo?: Readonly<Record<string, number>> | undefined;
};

const key = ({ topic, consumer, key: of }: KnownDeadLetter) => JSON.stringify([topic, consumer, of]);

/** Why one of them cannot go now; undefined: it can. */
const hindrances = async (
  letters: DeadLetterRepository,
  chosen: readonly KnownDeadLetter[],
): Promise<ReadonlyMap<string, ReplayResult>> => {
  const held = new Map<string, ReplayResult>();
  const earlier = Map.groupBy(await letters.waitingBefore(chosen), key);
  const going = new Set(chosen.map(deadLetterId));
  for (const letter of chosen) {
    const id = deadLetterId(letter);
    if (letter.state === 'gone') held.set(id, 'gone');
    else if (letter.state === 'replayed' || letter.state === 'discarded') held.set(id, 'done');
    else if (needsReview(letter)) held.set(id, 'needs-review');
    else {
      // Its consumer takes the events of a key in their order, and would put it aside once more. A function waits behind none.
      const before = (earlier.get(key(letter)) ?? []).filter(({ deadOffset }) => deadOffset < letter.deadOffset);
      const blocks = (one: KnownDeadLetter) => !going.has(deadLetterId(one)) || held.has(deadLetterId(one));
      if (letter.reason === 'behind' && before.some(blocks)) held.set(id, 'waits');
    }
  }
  return held;
};

/** Appends what was taken to its topics, in order; returns those whose record its topic keeps no longer. */
const putBack = async (log: ReplayEffects['log'], taken: readonly KnownDeadLetter[]): Promise<DeadLetterPlace[]> => {
  const gone: DeadLetterPlace[] = [];
  for (const [topic, ofTopic] of Map.groupBy(taken, (letter) => letter.topic)) {
    const records = [];
    for (const letter of ofTopic) {
      const from = letter.deadOffset;
      const [record] = await log.read({ topic: deadLetterTopicOf(topic), partition: 0, from, limit: 1 });
      if (record?.offset !== from) gone.push(letter);
      // As it was published, without what was noted beside it.
      else records.push({ key: record.key, value: record.value, headers: deadLetterOf(record).headers });
    }
    if (records.length > 0) await log.append(topic, records);
  }
  return gone;
};

/**
 * Publishes dead letters again with their keys and event ids: those of the given ids, or the oldest of a filter before the places that
 * were its end when it was asked for first, so that what dies again meanwhile is not replayed in a circle. Each is taken by one request at
 * a time. A process that dies in the middle leaves some on their way; they can be taken again after a minute, and a second record of an
 * event has no effect.
 */
export const replayDeadLetters = async (effects: ReplayEffects, request: ReplayRequest): Promise<ReplayAnswer> => {
  const { letters, log } = effects;
  const { ids, filter = {}, actor, reason, dryRun } = request;
  const asked = ids?.map(placeOf);
  const topics = effects.topics.filter((topic) =>
    asked ? asked.some((place) => place.topic === topic) : filter.topic === undefined || filter.topic === topic,
  );
  const ends: Record<string, number> = {};
  for (const topic of topics) ends[topic] = await findDeadLetters(effects, topic);
  const upTo = Object.fromEntries(
    topics.map((topic) => [topic, Math.min(request.upTo?.[topic] ?? Infinity, ends[topic] ?? 0)]),
  );

  const waiting = asked ? undefined : await letters.waiting(filter, upTo, mostReplayedAtOnce);
  const chosen = waiting?.letters ?? (await letters.at(asked ?? []));
  const held = await hindrances(letters, chosen);
  const free = chosen.filter((letter) => !held.has(deadLetterId(letter)));
  const results = (outcome: (id: string) => ReplayResult): ReplayAnswer['results'] => {
    const known = new Set(chosen.map(deadLetterId));
    return [
      ...chosen.map(deadLetterId).map((id) => ({ id, result: held.get(id) ?? outcome(id) })),
      ...(ids ?? []).filter((id) => !known.has(id)).map((id) => ({ id, result: 'unknown' as const })),
    ];
  };
  const rest = { left: (waiting?.free ?? 0) - (waiting?.letters.length ?? 0), held: waiting?.held ?? 0, upTo };
  if (dryRun || free.length === 0) return { results: results(() => 'would-replay'), ...rest, actId: null };

  const subject = ids ? { ids } : { filter, upTo };
  return performAct(effects, { actor, act: 'dead-letters.replay', subject, reason }, async (actId) => {
    const taken = await letters.claim(free, { actor, actId });
    const gone = await putBack(log, taken);
    const lost = new Set(gone.map(deadLetterId));
    const sent = taken.filter((letter) => !lost.has(deadLetterId(letter)));
    await letters.settle(sent, 'replayed');
    await letters.settle(gone, 'gone');
    const back = new Set(sent.map(deadLetterId));
    const outcome = (id: string): ReplayResult => {
      if (back.has(id)) return 'replayed';
      return lost.has(id) ? 'gone' : 'taken';
    };
    const result = { results: results(outcome), ...rest, actId };
    return { result, detail: { replayed: [...back], gone: [...lost], left: rest.left } };
  });
};

import { deadLetterIdSchema } from '../../contracts/http/operations/dead-letters-api.ts';
import type { deadLettersDoors } from '../../contracts/http/operations/dead-letters-doors.ts';
import { deadLetterOf } from '../../kit/events/dead-letters.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { deadLetterTopicOf } from '../../kit/manifest.ts';
import { fitPage } from '../../kit/values/fit-page.ts';
import { deadLetterView, placeOf } from '../dead-letters/dead-letter-view.ts';
import { findDeadLetters } from '../dead-letters/find-dead-letters.ts';
import { type ReplayEffects, replayDeadLetters } from '../dead-letters/replay-dead-letters.ts';
import { type ReviewEffects, reviewDeadLetter } from '../dead-letters/review-dead-letter.ts';
import { cursorMalformed, deadLetterUnknown, topicUnknown } from '../domain/operations-refusals.ts';
import type { KnownDeadLetter } from '../storage/dead-letter-repository.ts';
import { actorOf } from '../use-cases/perform-act.ts';

/** What the doors of the dead letters do. */
export const deadLettersHandlers = (effects: ReplayEffects & ReviewEffects): DoorHandlers<typeof deadLettersDoors> => {
  const { letters, log, topics } = effects;
  const requireTopic = (topic: string | undefined) => {
    if (topic !== undefined && !topics.includes(topic)) throw topicUnknown(topic, topics);
  };
  const known = async (id: string): Promise<KnownDeadLetter> => {
    const place = placeOf(id);
    if (topics.includes(place.topic)) await findDeadLetters(effects, place.topic);
    const letter = await letters.find(place);
    if (!letter) throw deadLetterUnknown(id);
    return letter;
  };
  const recordOf = async ({ topic, deadOffset }: KnownDeadLetter) => {
    const [record] = await log.read({ topic: deadLetterTopicOf(topic), partition: 0, from: deadOffset, limit: 1 });
    return record?.offset === deadOffset ? { value: record.value, headers: deadLetterOf(record).headers } : null;
  };

  return {
    deadLetters: async ({ query: { limit, cursor, topic, consumer, state } }) => {
      requireTopic(topic);
      if (cursor !== undefined && !deadLetterIdSchema.safeParse(cursor).success) throw cursorMalformed();
      for (const each of topic === undefined ? topics : [topic]) await findDeadLetters(effects, each);
      const after = cursor === undefined ? undefined : await letters.find(placeOf(cursor));
      if (cursor !== undefined && !after) throw cursorMalformed();
      const found = await letters.list({ topic, consumer, state }, limit + 1, after);
      const { items, hasMore } = fitPage(found.map(deadLetterView), limit);
      return { items, nextCursor: hasMore ? (items.at(-1)?.id ?? null) : null };
    },

    deadLetter: async ({ params: { id } }) => {
      const letter = await known(id);
      const [record, sameEvent] = await Promise.all([recordOf(letter), letters.sameEvent(letter)]);
      return { ...deadLetterView(letter), record, sameEvent: sameEvent.map(deadLetterView) };
    },

    replayDeadLetters: async ({ caller, body }) => {
      requireTopic(body.filter?.topic);
      return replayDeadLetters(effects, { ...body, actor: actorOf(caller) });
    },

    reviewDeadLetter: async ({ caller, params: { id }, body }) =>
      reviewDeadLetter(effects, { ...body, letter: await known(id), actor: actorOf(caller) }),
  };
};

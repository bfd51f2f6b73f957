/** That what was replayed did go back to whom it was for. */
import type { Law, Violation } from '../../services/kit/laws/law.ts';
import { lawsElsewhere } from '../../services/kit/laws/laws-elsewhere.ts';
import { deadLetterTopicOf } from '../../services/kit/manifest.ts';
import { eventsInLog, keptSince } from './events-in-log.ts';
import type { Facts } from './facts.ts';

type Replayed = {
  readonly event_id: string;
  readonly consumer: string;
  readonly dead_offset: string;
  readonly origin_offset: string | null;
  readonly died_at: Date;
};

/** Those of one topic that its dead letters still hold at that place: a log that began anew gives its places to other records. */
const replayedOn = async (facts: Facts, topic: string, since: Date): Promise<Replayed[]> => {
  const rows = await facts.operations?.<Replayed>(
    `SELECT event_id, consumer, dead_offset, origin_offset, died_at FROM dead_letters
      WHERE topic = $1 AND state = 'replayed' AND event_id IS NOT NULL AND touched_at >= $2 ORDER BY dead_offset`,
    [topic, since],
  );
  if (!rows || rows.length === 0) return [];
  const dead = await facts.log.offsets(deadLetterTopicOf(topic));
  return rows.filter(({ dead_offset: place }) =>
    dead.some(({ earliest, end }) => Number(place) >= earliest && Number(place) < end),
  );
};

const replayedLettersAreBack: Law<Facts> = {
  ...lawsElsewhere.I18,
  check: async (facts) => {
    const topics = new Map(facts.publishers.flatMap(({ publishes }) => Object.entries(publishes)));
    const violations: Violation[] = [];
    let checked = 0;
    for (const [topic, { retentionDays }] of topics) {
      const replayed = await replayedOn(facts, topic, keptSince(facts, retentionDays));
      checked += replayed.length;
      if (replayed.length === 0) continue;
      const events = await eventsInLog(facts, topic);
      // A record that a function could not handle says no place of its own.
      const isBack = ({ event_id: id, origin_offset: origin, died_at: diedAt }: Replayed) => {
        const last = events.get(id);
        return last && (origin === null ? last.appendedAt >= diedAt : last.offset > Number(origin));
      };
      for (const letter of replayed.filter((each) => !isBack(each)))
        violations.push({
          subject: letter.event_id,
          detail: `counts as replayed for ${letter.consumer}, and ${topic} has it no second time`,
        });
    }
    return { checked, violations };
  },
};

export const deadLetterLaws: readonly Law<Facts>[] = [replayedLettersAreBack];

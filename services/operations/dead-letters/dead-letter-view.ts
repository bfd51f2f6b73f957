import { type DeadLetterView, replaysBeforeReview } from '../../contracts/http/operations/dead-letters-api.ts';
import type { DeadLetterPlace, KnownDeadLetter } from '../storage/dead-letter-repository.ts';

/** `order-events:12`. */
export const deadLetterId = ({ topic, deadOffset }: DeadLetterPlace): string => `${topic}:${deadOffset}`;

/** The place that an id names, as its schema lets it through. */
export const placeOf = (id: string): DeadLetterPlace => {
  const at = id.lastIndexOf(':');
  return { topic: id.slice(0, at), deadOffset: Number(id.slice(at + 1)) };
};

/** Whether it died so often that a person has to decide. */
export const needsReview = ({ state, replays }: Pick<KnownDeadLetter, 'state' | 'replays'>): boolean =>
  state === 'new' && replays >= replaysBeforeReview;

/** A dead letter as staff see it. */
export const deadLetterView = (letter: KnownDeadLetter): DeadLetterView => {
  const { deadOffset, identity: _, originPartition, originOffset, ...shown } = letter;
  const at = (date: Date | null) => date?.toISOString() ?? null;
  return {
    ...shown,
    id: deadLetterId({ topic: letter.topic, deadOffset }),
    firstFailure: at(letter.firstFailure),
    lastFailure: at(letter.lastFailure),
    diedAt: letter.diedAt.toISOString(),
    touchedAt: at(letter.touchedAt),
    origin:
      originPartition === null || originOffset === null ? null : { partition: originPartition, offset: originOffset },
    needsReview: needsReview(letter),
  };
};

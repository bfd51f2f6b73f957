import type { DeadLetterView } from '../../contracts/http/operations/dead-letters-api.ts';
import type { DeclaredService } from '../../contracts/http/operations/topology-api.ts';
import { deadLetterOf, discardingRecord } from '../../kit/events/dead-letters.ts';
import type { EventLog } from '../../kit/events/event-log.ts';
import { deadLetterTopicOf } from '../../kit/manifest.ts';
import { deadLetterDecided } from '../domain/operations-refusals.ts';
import type { DeadLetterRepository, KnownDeadLetter } from '../storage/dead-letter-repository.ts';
import { type PerformActEffects, performAct } from '../use-cases/perform-act.ts';
import { deadLetterId, deadLetterView } from './dead-letter-view.ts';

export type ReviewEffects = PerformActEffects & {
  readonly log: Pick<EventLog, 'read' | 'append'>;
  readonly letters: Pick<DeadLetterRepository, 'decide' | 'find'>;
  readonly platform: readonly DeclaredService[];
};

export type Review = {
  readonly letter: KnownDeadLetter;
  readonly decision: 'replay' | 'discard';
  readonly actor: string;
  readonly reason: string;
};

const stateAfter = { replay: 'reviewed', discard: 'discarded' } as const;

/** Whether later events of its key wait behind it: a consumer in the cluster keeps the order of a key, a function waits for nobody. */
const isWaitedFor = ({ eventId, consumer }: KnownDeadLetter, platform: readonly DeclaredService[]): boolean =>
  eventId !== null && consumer !== '' && (platform.find(({ name }) => name === consumer)?.runs ?? 'pods') === 'pods';

/** Tells the consumer that nothing has to wait for this event any more. Its record may be gone; then nothing can tell it. */
const letGo = async ({ log }: ReviewEffects, { topic, deadOffset, consumer }: KnownDeadLetter): Promise<boolean> => {
  const [record] = await log.read({ topic: deadLetterTopicOf(topic), partition: 0, from: deadOffset, limit: 1 });
  if (record?.offset !== deadOffset) return false;
  await log.append(topic, [discardingRecord(deadLetterOf(record), consumer)]);
  return true;
};

/**
 * Notes what a person decided: that it may be replayed once more, or that it shall never have an effect, which its consumer is told, so
 * that later events of the key go on once they are replayed. Refuses `dead-letter.decided`.
 */
export const reviewDeadLetter = (
  effects: ReviewEffects,
  { letter, decision, actor, reason }: Review,
): Promise<{ deadLetter: DeadLetterView }> => {
  const id = deadLetterId(letter);
  const intent = { actor, act: 'dead-letters.review', subject: { id, decision }, reason };
  return performAct(effects, intent, async (actId) => {
    const decided = await effects.letters.decide(letter, stateAfter[decision], { actor, actId });
    if (!decided) throw deadLetterDecided(id, (await effects.letters.find(letter))?.state ?? 'gone');
    const isTold = decision === 'discard' && isWaitedFor(letter, effects.platform) && (await letGo(effects, letter));
    return { result: { deadLetter: deadLetterView(decided) }, detail: { was: letter.state, consumerTold: isTold } };
  });
};

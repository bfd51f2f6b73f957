import { useQueryClient } from '@tanstack/react-query';
import type { ReplayAnswer, ReplayResult } from '../../contracts/http/operations/dead-letters-api.ts';
import { textOf } from '../../site-kit/components/site-form.tsx';
import { operations } from '../api/operations.ts';
import { Act } from './act.tsx';
import { ReasonField } from './reason-field.tsx';
import { RehearsedAct } from './rehearsed-act.tsx';

const resultWords: Readonly<Record<ReplayResult, string>> = {
  replayed: 'published again',
  'would-replay': 'to be published again',
  'needs-review': 'to be decided about first: it died again after three replays',
  waits: 'behind an earlier one of the same key, which has to go first',
  taken: 'taken by somebody else at this moment',
  done: 'replayed or discarded already',
  gone: 'no longer kept by their topic',
  unknown: 'not known',
};

/** What became, or would become, of each, counted. */
export const wordsOf = ({ results, left, held }: ReplayAnswer): string[] => {
  const counts = new Map<ReplayResult, number>();
  for (const { result } of results) counts.set(result, (counts.get(result) ?? 0) + 1);
  return [
    ...[...counts].map(([result, count]) => `${count} ${resultWords[result]}.`),
    ...(left > 0 ? [`${left} more are left for another replay.`] : []),
    ...(held > 0 ? [`${held} wait for a person's decision.`] : []),
    ...(results.length === 0 && left + held === 0 ? ['There is none to replay.'] : []),
  ];
};

const useChanged = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['operations'] });
};

/** Publishes dead letters again: those of these ids, or all that wait. */
export const Replay = ({ ids }: { readonly ids?: readonly string[] }) => {
  const onDone = useChanged();
  const ask = async (form: FormData, dryRun: boolean) => {
    const what = ids === undefined ? { filter: {} } : { ids: [...ids] };
    return (await operations()).replayDeadLetters({ body: { ...what, dryRun, reason: textOf(form, 'reason') ?? '' } });
  };
  return (
    <RehearsedAct
      name={ids === undefined ? 'Replay all' : 'Replay'}
      effects={[
        'The record is published again with the key and the event id that it had; consumers that handled it drop it.',
        'At most 100 are replayed at a time, oldest first.',
      ]}
      rehearse={async (form) => {
        const answer = await ask(form, true);
        return { words: wordsOf(answer), isWorthDoing: answer.results.some(({ result }) => result === 'would-replay') };
      }}
      act={async (form) => wordsOf(await ask(form, false)).join(' ')}
      onDone={onDone}
    >
      <ReasonField />
    </RehearsedAct>
  );
};

/** Decides about one dead letter. */
export const Review = ({ id }: { readonly id: string }) => {
  const onDone = useChanged();
  const decide = async (form: FormData, decision: 'replay' | 'discard') =>
    (await operations()).reviewDeadLetter({
      params: { id },
      body: { decision, reason: textOf(form, 'reason') ?? '' },
    });
  return (
    <>
      <Act
        name="Allow a replay"
        effects={['It may be replayed once more, however often it died before. Nothing is published yet.']}
        act={(form) => decide(form, 'replay')}
        onDone={onDone}
      >
        <ReasonField />
      </Act>
      <Act
        name="Discard"
        effects={['The event shall never have an effect on this consumer. Later ones of its key may then be replayed.']}
        act={(form) => decide(form, 'discard')}
        onDone={onDone}
        isGrave
      >
        <ReasonField />
      </Act>
    </>
  );
};

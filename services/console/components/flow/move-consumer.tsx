import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ConsumerView, PlannedMove, ResetOffsetsBody } from '../../../contracts/http/operations/consumers-api.ts';
import { Field } from '../../../site-kit/components/field.tsx';
import { textOf } from '../../../site-kit/components/site-form.tsx';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { operations } from '../../api/operations.ts';
import { MomentField, momentIn } from '../moment-field.tsx';
import { ReasonField } from '../reason-field.tsx';
import { RehearsedAct } from '../rehearsed-act.tsx';

type Target = NonNullable<ResetOffsetsBody['to']>;
const targets: Readonly<Record<Target, string>> = {
  earliest: 'To the oldest record that is kept',
  latest: 'To the end: what waits is skipped',
  timestamp: 'To the first record since a moment',
  shift: 'By so many records',
  offset: 'To an offset',
};

const wholeNumber = (text: string) => (/^-?\d+$/.test(text) ? undefined : 'Write a whole number in digits.');

const TargetFields = () => {
  const [to, setTo] = useState<Target>('earliest');
  return (
    <>
      <label className="field">
        <span>Where to</span>
        <select name="to" value={to} onChange={({ target: { value } }) => setTo(value as Target)}>
          {Object.entries(targets).map(([target, name]) => (
            <option key={target} value={target}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {to === 'timestamp' && <MomentField label="Moment (your time)" name="at" isRequired />}
      {to === 'shift' && (
        <Field
          label="Records to skip; below zero: to handle again"
          {...{ name: 'by', autoComplete: 'off', maxLength: 12, validate: wholeNumber, isRequired: true }}
        />
      )}
      {to === 'offset' && (
        <Field
          label="Offset"
          {...{ name: 'offset', autoComplete: 'off', maxLength: 15, validate: wholeNumber, isRequired: true }}
        />
      )}
    </>
  );
};

/** Where to, as the door wants it. */
const targetIn = (form: FormData) => {
  const at = momentIn(form, 'at');
  const [by, offset] = [textOf(form, 'by'), textOf(form, 'offset')];
  return {
    to: String(form.get('to')) as Target,
    ...(at !== undefined && { at }),
    ...(by !== undefined && { by: Number(by) }),
    ...(offset !== undefined && { offset: Number(offset) }),
  };
};

/** What a plan comes to, a sentence a partition. */
const wordsOf = (plan: readonly PlannedMove[], number: (value: number) => string): string[] =>
  plan.map(({ partition, from, to, earliest, note }) => {
    const change = to - (from ?? earliest);
    const effect = change > 0 ? `skips ${number(change)}` : `handles ${number(-change)} again`;
    return `Partition ${partition}: from ${from ?? 'nowhere'} to ${to}, ${change === 0 ? 'stays' : effect}${note === null ? '' : ` (${note})`}.`;
  });

/** Moves a consumer that stands still; what is done is the plan that was shown, or nothing. For administrators. */
export const MoveConsumer = ({ consumer: { group, topic } }: { readonly consumer: ConsumerView }) => {
  const queries = useQueryClient();
  const { number } = useFormats();
  const plan = useRef<readonly PlannedMove[]>([]);
  const ask = async (form: FormData, planned?: readonly PlannedMove[]) =>
    (await operations()).resetOffsets({
      params: { group },
      body: {
        topic,
        reason: textOf(form, 'reason') ?? '',
        ...(planned === undefined
          ? { dryRun: true, ...targetIn(form) }
          : { dryRun: false, plan: planned.map(({ partition, from, to }) => ({ partition, from, to })) }),
      },
    });
  return (
    <RehearsedAct
      name={`Move ${group} in ${topic}`}
      effects={[
        'It goes on from there once it runs again; what it skips it never handles.',
        'Its service has to be stopped first: who reads at this moment would go on where it is.',
      ]}
      rehearse={async (form) => {
        plan.current = (await ask(form)).plan;
        return { words: wordsOf(plan.current, number), isWorthDoing: plan.current.length > 0 };
      }}
      act={async (form) => {
        const { actId } = await ask(form, plan.current);
        return `It was moved; ${actId} of the audit trail.`;
      }}
      onDone={() => queries.invalidateQueries({ queryKey: ['operations', 'consumers'] })}
    >
      <TargetFields />
      <ReasonField />
    </RehearsedAct>
  );
};

import { useQueryClient } from '@tanstack/react-query';
import { Field } from '../../../site-kit/components/field.tsx';
import { textOf } from '../../../site-kit/components/site-form.tsx';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { operations } from '../../api/operations.ts';
import { ReasonField } from '../reason-field.tsx';
import { RehearsedAct } from '../rehearsed-act.tsx';

/** Deletes keys of the shared cache by a pattern; for administrators. */
export const DeleteKeys = () => {
  const queries = useQueryClient();
  const { number } = useFormats();
  const ask = async (form: FormData, dryRun: boolean) =>
    (await operations()).deleteKeys({
      body: {
        pattern: textOf(form, 'pattern') ?? '',
        everything: form.get('everything') === 'yes',
        reason: textOf(form, 'reason') ?? '',
        dryRun,
      },
    });
  return (
    <RehearsedAct
      name="Delete keys"
      effects={[
        'What is gone is read from its owner again: pages are slower for a while, and nothing is lost.',
        'In a pattern * stands for any text, ? for one character.',
      ]}
      rehearse={async (form) => {
        const { matchedKeys, isWhole, examples } = await ask(form, true);
        return {
          words: [
            `${number(matchedKeys)} keys match${isWhole ? '' : ' so far; not all could be looked at in time'}.`,
            ...examples.slice(0, 5),
          ],
          isWorthDoing: matchedKeys > 0,
        };
      }}
      act={async (form) => {
        const { deletedKeys, isWhole } = await ask(form, false);
        return `${number(deletedKeys)} keys are deleted${isWhole ? '.' : '; not all could be looked at in time: do it again.'}`;
      }}
      onDone={() => queries.invalidateQueries({ queryKey: ['operations', 'cache'] })}
    >
      <Field label="Pattern" name="pattern" autoComplete="off" maxLength={500} isRequired />
      <label className="tick">
        <input type="checkbox" name="everything" value="yes" />
        <span>Also when it matches every key</span>
      </label>
      <ReasonField />
    </RehearsedAct>
  );
};

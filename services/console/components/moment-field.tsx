import { Field } from '../../site-kit/components/field.tsx';
import { textOf } from '../../site-kit/components/site-form.tsx';
import { momentOf } from '../messages/local-moment.ts';

const flaw = (text: string) =>
  text === '' || momentOf(text) !== undefined
    ? undefined
    : 'Your clock skips this time, when summer time begins. Choose one before or after it.';

/** A moment in the time of who fills it in. */
export const MomentField = (props: {
  readonly label: string;
  readonly name: string;
  readonly isRequired?: boolean;
}) => <Field {...props} type="datetime-local" autoComplete="off" maxLength={16} validate={flaw} />;

/** What a {@link MomentField} holds, as ISO 8601 in UTC; undefined where it is empty. */
export const momentIn = (form: FormData, name: string): string | undefined => momentOf(textOf(form, name) ?? '');

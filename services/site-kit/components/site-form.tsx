import { type ReactNode, useMemo, useState } from 'react';
import { Form } from 'react-aria-components';
import { ApiProblem } from '../../contracts/http/ask.ts';

/** What the API refused, by the name of the field. */
const errorsOf = (problem: unknown): Record<string, string> =>
  problem instanceof ApiProblem
    ? Object.fromEntries((problem.problem?.errors ?? []).map(({ path, message }) => [path, message]))
    : {};

/** Text of a field without spaces around it; undefined where there is none. */
export const textOf = (form: FormData, name: string): string | undefined =>
  String(form.get(name) ?? '').trim() || undefined;

/** A password is sent as it was typed. */
export const passwordOf = (form: FormData, name = 'password'): string => String(form.get(name) ?? '');

export type SiteFormProps = {
  /** What the API refused last; its fields are marked. */
  readonly problem: unknown;
  /** Called with what was filled in, once the browser finds it complete. */
  readonly onSend: (form: FormData) => void;
  readonly children: ReactNode;
};

/** A form that the page sends itself. */
export const SiteForm = ({ problem, onSend, children }: SiteFormProps) => {
  // A field with an error keeps the browser from sending the form, so what was refused is forgotten once something is changed.
  const [corrected, setCorrected] = useState<unknown>();
  const errors = useMemo(() => errorsOf(problem === corrected ? undefined : problem), [problem, corrected]);
  return (
    <div className="form-place" onInput={() => setCorrected(problem)}>
      <Form
        className="form"
        validationErrors={errors}
        onSubmit={(event) => {
          event.preventDefault();
          onSend(new FormData(event.currentTarget));
        }}
      >
        {children}
      </Form>
    </div>
  );
};

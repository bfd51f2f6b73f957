import { useEffect, useRef } from 'react';
import { sessions, useReader } from '../../../site-kit/api/session.ts';
import { useSessionChange } from '../../../site-kit/api/session-change.ts';
import { Field } from '../../../site-kit/components/field.tsx';
import { passwordOf, SiteForm, textOf } from '../../../site-kit/components/site-form.tsx';
import { goOnAs } from '../../api/session-end.ts';
import { useBuyingMessages, useMessages } from '../../messages/language.tsx';
import { ProblemNotice } from '../problem-notice.tsx';

/** A question above the page, which keeps all that was typed into it: who it was signs in again, or goes on as a guest. */
export const SignInAgain = () => {
  const { account } = useBuyingMessages();
  const { shop } = useMessages();
  const reader = useReader();
  const dialog = useRef<HTMLDialogElement>(null);
  const before = useRef(reader?.id);
  useEffect(() => {
    dialog.current?.showModal();
    // Who it was is known.
    dialog.current?.querySelector<HTMLInputElement>('[name=password]')?.focus();
  }, []);
  const change = useSessionChange(
    async (form: FormData | null) => {
      const doors = await sessions();
      if (form === null) {
        await doors.end();
        return null;
      }
      const body = { email: textOf(form, 'email') ?? '', password: passwordOf(form) };
      return (await doors.begin({ body })).user;
    },
    (queries, user) => goOnAs(queries, { before: before.current, now: user?.id }),
  );
  return (
    // Escape would leave the page as if nothing were the matter.
    <dialog
      ref={dialog}
      className="sign-in-again"
      aria-labelledby="session-end"
      onCancel={(event) => event.preventDefault()}
    >
      <SiteForm problem={change.error} onSend={(form) => change.isPending || change.mutate(form)}>
        <h2 id="session-end">{account.sessionEnded}</h2>
        <p>{account.sessionEndedText}</p>
        <ProblemNotice problem={change.error} />
        <Field
          label={account.email}
          name="email"
          type="email"
          autoComplete="email"
          maxLength={254}
          isRequired
          {...(reader && { defaultValue: reader.email })}
        />
        <Field
          label={account.password}
          name="password"
          type="password"
          autoComplete="current-password"
          minLength={1}
          maxLength={128}
          isRequired
        />
        <p className="line-actions">
          <button type="submit" className="button" aria-disabled={change.isPending}>
            {shop.signIn}
          </button>
          <button type="button" className="text-button" onClick={() => change.isPending || change.mutate(null)}>
            {account.asGuest}
          </button>
        </p>
      </SiteForm>
    </dialog>
  );
};

import { sessions } from '../../site-kit/api/session.ts';
import { useSessionChange } from '../../site-kit/api/session-change.ts';
import { Field } from '../../site-kit/components/field.tsx';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { passwordOf, SiteForm, textOf } from '../../site-kit/components/site-form.tsx';
import { forgetReader } from '../api/forget-reader.ts';
import { Refusal } from './refusal.tsx';

/** Coming in: e-mail and password of an account of staff. */
export const SignIn = () => {
  const enter = useSessionChange(
    async (form: FormData) =>
      (await (await sessions()).begin({ body: { email: textOf(form, 'email') ?? '', password: passwordOf(form) } }))
        .user,
    forgetReader,
  );
  return (
    <section className="entry">
      <PageTitle text="Sign in" />
      <h1>Sign in</h1>
      <p className="fine">For the shop's staff. What you were about to see is shown afterwards.</p>
      <SiteForm problem={enter.error} onSend={(form) => enter.isPending || enter.mutate(form)}>
        <Refusal problem={enter.error} />
        <Field label="E-mail" name="email" type="email" autoComplete="email" maxLength={254} isRequired />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          maxLength={128}
          isRequired
        />
        <button type="submit" className="button large wide" aria-disabled={enter.isPending}>
          Sign in
        </button>
      </SiteForm>
    </section>
  );
};

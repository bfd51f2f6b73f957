import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { sessions } from '../../site-kit/api/session.ts';
import { useSessionChange } from '../../site-kit/api/session-change.ts';
import { Field } from '../../site-kit/components/field.tsx';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { passwordOf, SiteForm, textOf } from '../../site-kit/components/site-form.tsx';
import { forgetReader } from '../api/forget-reader.ts';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useBuyingMessages, useMessages } from '../messages/language.tsx';

const Entry = ({ isNew, to }: { readonly isNew: boolean; readonly to: string | undefined }) => {
  const { account } = useBuyingMessages();
  const { shop: messages } = useMessages();
  const navigate = useNavigate();
  const enter = useSessionChange(async (form: FormData) => {
    const doors = await sessions();
    const given = { email: textOf(form, 'email') ?? '', password: passwordOf(form) };
    const answer = await (isNew
      ? doors.register({ body: { ...given, name: textOf(form, 'name') ?? '' } })
      : doors.begin({ body: given }));
    return answer.user;
  }, forgetReader);
  const title = isNew ? account.signUp : messages.signIn;
  const search = to === undefined ? {} : { to };
  return (
    <section className="entry">
      <PageTitle text={title} />
      <h1>{title}</h1>
      <SiteForm
        problem={enter.error}
        onSend={(form) =>
          enter.isPending ||
          enter.mutate(form, {
            onSuccess: () => void navigate({ to: to === '/checkout' ? '/checkout' : '/account', replace: true }),
          })
        }
      >
        <ProblemNotice problem={enter.error} />
        {isNew && <Field label={account.name} name="name" autoComplete="name" maxLength={120} isRequired />}
        <Field label={account.email} name="email" type="email" autoComplete="email" maxLength={254} isRequired />
        <Field
          label={account.password}
          name="password"
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          minLength={isNew ? 8 : 1}
          maxLength={128}
          isRequired
          description={isNew && <p className="fine">{account.passwordRule}</p>}
        />
        <button type="submit" className="button large wide" aria-disabled={enter.isPending}>
          {title}
        </button>
      </SiteForm>
      {!isNew && (
        <p className="centred">
          <Link to="/forgot">{account.forgot}</Link>
        </p>
      )}
      <p className="centred">
        {isNew ? account.known : account.unknown}{' '}
        <Link to={isNew ? '/sign-in' : '/sign-up'} search={search}>
          {isNew ? messages.signIn : account.signUp}
        </Link>
      </p>
    </section>
  );
};

const signIn = getRouteApi('/sign-in');
const signUp = getRouteApi('/sign-up');

/** Coming back: e-mail and password. */
export const SignInPage = () => <Entry isNew={false} to={signIn.useSearch().to} />;

/** A new account; what was in the cart and ordered as a guest goes into it. */
export const SignUpPage = () => <Entry isNew to={signUp.useSearch().to} />;

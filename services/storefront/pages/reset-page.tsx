import { Link } from '@tanstack/react-router';
import { useSessionChange } from '../../site-kit/api/session-change.ts';
import { Field } from '../../site-kit/components/field.tsx';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { passwordOf, SiteForm, textOf } from '../../site-kit/components/site-form.tsx';
import { Panel } from '../../site-kit/components/states.tsx';
import { forgetReader } from '../api/forget-reader.ts';
import { shop } from '../api/shop.ts';
import { CodeField, useMailedToken } from '../components/account/mailed-link.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useBuyingMessages, useMessages } from '../messages/language.tsx';

/** A new password by the token of a mailed link. It ends every session of the account, this browser's too. */
export const ResetPage = () => {
  const { account } = useBuyingMessages();
  const { shop: frame } = useMessages();
  const mailed = useMailedToken();
  const reset = useSessionChange(async (form: FormData) => {
    const { accounts } = await shop();
    await accounts.reset({ body: { token: mailed ?? textOf(form, 'token') ?? '', password: passwordOf(form) } });
    return null;
  }, forgetReader);
  if (reset.isSuccess)
    return (
      <Panel title={account.passwordSet} text={account.passwordSetText}>
        <Link to="/sign-in" className="button">
          {frame.signIn}
        </Link>
      </Panel>
    );
  return (
    <section className="entry">
      <PageTitle text={account.newPassword} />
      <h1>{account.newPassword}</h1>
      <SiteForm problem={reset.error} onSend={(form) => reset.isPending || reset.mutate(form)}>
        <ProblemNotice problem={reset.error} />
        {mailed === undefined && <CodeField />}
        <Field
          label={account.newPassword}
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          maxLength={128}
          isRequired
          description={<p className="fine">{account.passwordRule}</p>}
        />
        <button type="submit" className="button large wide" aria-disabled={reset.isPending}>
          {account.setPassword}
        </button>
      </SiteForm>
      <p className="centred">
        <Link to="/forgot">{account.mailLinkAgain}</Link>
      </p>
    </section>
  );
};

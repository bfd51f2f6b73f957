import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Field } from '../../site-kit/components/field.tsx';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { SiteForm, textOf } from '../../site-kit/components/site-form.tsx';
import { Panel } from '../../site-kit/components/states.tsx';
import { shop } from '../api/shop.ts';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useBuyingMessages } from '../messages/language.tsx';

/** Somebody who forgot the password asks for a link to set a new one; the answer tells nobody who has an account. */
export const ForgotPage = () => {
  const { account } = useBuyingMessages();
  const ask = useMutation({
    mutationFn: async (email: string) => (await shop()).accounts.requestReset({ body: { email } }),
  });
  if (ask.isSuccess)
    return (
      <Panel title={account.linkMailed} text={account.linkMailedText(ask.variables)}>
        <Link to="/reset" className="button quiet">
          {account.haveCode}
        </Link>
      </Panel>
    );
  return (
    <section className="entry">
      <PageTitle text={account.forgot} />
      <h1>{account.forgot}</h1>
      <p>{account.forgotText}</p>
      <SiteForm problem={ask.error} onSend={(form) => ask.isPending || ask.mutate(textOf(form, 'email') ?? '')}>
        <ProblemNotice problem={ask.error} />
        <Field label={account.email} name="email" type="email" autoComplete="email" maxLength={254} isRequired />
        <button type="submit" className="button large wide" aria-disabled={ask.isPending}>
          {account.mailLink}
        </button>
      </SiteForm>
      <p className="centred">
        <Link to="/reset">{account.haveCode}</Link>
      </p>
    </section>
  );
};

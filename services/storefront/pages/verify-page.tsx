import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { sessionQuery } from '../../site-kit/api/session.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { SiteForm, textOf } from '../../site-kit/components/site-form.tsx';
import { Panel } from '../../site-kit/components/states.tsx';
import { shop } from '../api/shop.ts';
import { CodeField, useMailedToken } from '../components/account/mailed-link.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useBuyingMessages, useMessages } from '../messages/language.tsx';

/** Proves an address by the token of the link that was mailed to it: at once, or by the code that is typed. */
export const VerifyPage = () => {
  const { account } = useBuyingMessages();
  const { states } = useMessages();
  const queries = useQueryClient();
  const mailed = useMailedToken();
  const verify = useMutation({
    mutationFn: async (token: string) => (await shop()).accounts.verify({ body: { token } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const { mutate } = verify;
  // A token works once, and effects run twice in development.
  const sent = useRef(false);
  useEffect(() => {
    if (mailed === undefined || sent.current) return;
    sent.current = true;
    mutate(mailed);
  }, [mailed, mutate]);
  if (verify.isSuccess)
    return (
      <Panel title={account.verified} text={account.verifiedText}>
        <Link to="/account" className="button">
          {account.title}
        </Link>
      </Panel>
    );
  if (mailed !== undefined && !verify.isError) return <Panel title={account.verify} text={states.loading} />;
  return (
    <section className="entry">
      <PageTitle text={account.verify} />
      <h1>{account.verify}</h1>
      <SiteForm
        problem={verify.error}
        onSend={(form) => verify.isPending || verify.mutate(textOf(form, 'token') ?? '')}
      >
        <ProblemNotice problem={verify.error} />
        <CodeField />
        <button type="submit" className="button large wide" aria-disabled={verify.isPending}>
          {account.verify}
        </button>
      </SiteForm>
      <p className="centred">
        <Link to="/account">{account.mailLinkAgain}</Link>
      </p>
    </section>
  );
};

import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ApiProblem } from '../../contracts/http/ask.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { SiteForm, textOf } from '../../site-kit/components/site-form.tsx';
import { Panel } from '../../site-kit/components/states.tsx';
import { shop } from '../api/shop.ts';
import { CodeField, useMailedToken } from '../components/account/mailed-link.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useBuyingMessages, useMessages } from '../messages/language.tsx';

/** Stops reminders by the link of one of them. A press of the button does it: programs that only look at links change nothing. */
export const UnsubscribePage = () => {
  const { account } = useBuyingMessages();
  const { home } = useMessages();
  const mailed = useMailedToken();
  const stop = useMutation({
    mutationFn: async (token: string) => (await shop()).mails.stopReminders({ query: { token } }),
  });
  if (stop.isSuccess)
    return (
      <Panel title={account.remindersStopped} text={account.remindersStoppedText}>
        <Link to="/products" className="button">
          {home.browse}
        </Link>
      </Panel>
    );
  return (
    <section className="entry">
      <PageTitle text={account.stopReminders} />
      <h1>{account.stopReminders}</h1>
      <p>{account.stopRemindersText}</p>
      <SiteForm
        problem={stop.error}
        onSend={(form) => stop.isPending || stop.mutate(mailed ?? textOf(form, 'token') ?? '')}
      >
        {stop.error instanceof ApiProblem && stop.error.code === 'auth.link-invalid' ? (
          <p className="notice bad" role="alert">
            {account.remindersElsewhere} <Link to="/account">{account.mails}</Link>
          </p>
        ) : (
          <ProblemNotice problem={stop.error} />
        )}
        {mailed === undefined && <CodeField />}
        <button type="submit" className="button large wide" aria-disabled={stop.isPending}>
          {account.stopReminders}
        </button>
      </SiteForm>
    </section>
  );
};

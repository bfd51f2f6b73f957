import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { sessions } from '../../../site-kit/api/session.ts';
import { useSessionChange } from '../../../site-kit/api/session-change.ts';
import { Field } from '../../../site-kit/components/field.tsx';
import { passwordOf, SiteForm } from '../../../site-kit/components/site-form.tsx';
import { readOwnData } from '../../api/account.ts';
import { forgetWhoLeft } from '../../api/forget-reader.ts';
import { shop } from '../../api/shop.ts';
import { useBuyingMessages } from '../../messages/language.tsx';
import { ProblemNotice } from '../problem-notice.tsx';

/** Hands the reader a file of the browser's own making. */
const saveFile = (name: string, content: unknown) => {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
};

const DeleteForm = ({ onDone }: { readonly onDone: () => void }) => {
  const { account } = useBuyingMessages();
  const remove = useSessionChange(async (password: string) => {
    const { accounts } = await shop();
    await accounts.deleteAccount({ body: { password } });
    // The account is gone whatever becomes of the cookies of its session, which are over.
    await (await sessions()).end().catch(() => undefined);
    return null;
  }, forgetWhoLeft);
  return (
    <SiteForm problem={remove.error} onSend={(form) => remove.isPending || remove.mutate(passwordOf(form))}>
      <p>{account.deleteAsk}</p>
      <Field
        label={account.password}
        name="password"
        type="password"
        autoComplete="current-password"
        maxLength={128}
        isRequired
      />
      <ProblemNotice problem={remove.error} />
      <p className="line-actions">
        <button type="submit" className="button quiet" aria-disabled={remove.isPending}>
          {account.delete}
        </button>
        <button type="button" className="text-button" onClick={onDone}>
          {account.deleteNo}
        </button>
      </p>
    </SiteForm>
  );
};

/** What somebody takes along, and the end of an account. */
export const AccountData = () => {
  const { account } = useBuyingMessages();
  const [isLeaving, setLeaving] = useState(false);
  const take = useMutation({ mutationFn: readOwnData, onSuccess: (data) => saveFile('cloudmart-account.json', data) });
  return (
    <section className="account-part">
      <h2>{account.data}</h2>
      <p className="line-actions">
        <button type="button" className="button quiet" onClick={() => take.isPending || take.mutate()}>
          {account.export}
        </button>
        {!isLeaving && (
          <button type="button" className="text-button" onClick={() => setLeaving(true)}>
            {account.delete}
          </button>
        )}
      </p>
      <ProblemNotice problem={take.error} />
      {isLeaving && <DeleteForm onDone={() => setLeaving(false)} />}
    </section>
  );
};

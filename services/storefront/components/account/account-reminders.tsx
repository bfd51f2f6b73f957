import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { User } from '../../../contracts/http/accounts/auth-api.ts';
import { sessionQuery } from '../../../site-kit/api/session.ts';
import { shop } from '../../api/shop.ts';
import { useBuyingMessages } from '../../messages/language.tsx';
import { ProblemNotice } from '../problem-notice.tsx';

/** Whether the customer is written to about a cart that waits; he is not until he says so. */
export const AccountReminders = ({ user }: { readonly user: User }) => {
  const { account } = useBuyingMessages();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: async (cartReminders: boolean) => (await shop()).accounts.updateProfile({ body: { cartReminders } }),
    onSuccess: (changed) => queries.setQueryData(sessionQuery.queryKey, changed),
  });
  return (
    <section className="account-part">
      <h2>{account.mails}</h2>
      <label className="check">
        <input
          type="checkbox"
          checked={change.isPending ? change.variables : user.cartReminders}
          onChange={({ target }) => change.isPending || change.mutate(target.checked)}
        />
        <span>{account.reminders}</span>
      </label>
      {!user.emailVerified && <p className="fine">{account.remindersUnproved}</p>}
      <ProblemNotice problem={change.error} />
    </section>
  );
};

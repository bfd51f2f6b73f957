import { useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Field } from '../../../site-kit/components/field.tsx';
import { useBuyingMessages } from '../../messages/language.tsx';

/**
 * The token of a mailed link, which stands behind the `#` of the address, so that no server and no other site sees it. It is
 * taken out of the address and of the history at once.
 */
export const useMailedToken = (): string | undefined => {
  const hash = useRouterState({ select: ({ location }) => location.hash });
  const [token] = useState(() => hash || undefined);
  useEffect(() => {
    if (token !== undefined) window.history.replaceState(window.history.state, '', window.location.pathname);
  }, [token]);
  return token;
};

/** Where mails show a code instead of a link. */
export const CodeField = () => {
  const { account } = useBuyingMessages();
  return <Field label={account.code} name="token" autoComplete="one-time-code" maxLength={64} isRequired />;
};

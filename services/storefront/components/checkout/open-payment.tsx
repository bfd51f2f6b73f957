import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect } from 'react';
import { continuedPaymentQuery, orderQuery, settingsQuery } from '../../api/queries.ts';

const BankQuestion = lazy(async () => ({ default: (await import('./bank-question.tsx')).BankQuestion }));

/** Of an order that waits for its money: the question of the buyer's bank, where it asks one. Also for who comes back to it. */
export const OpenPayment = ({ id }: { readonly id: string }) => {
  const queries = useQueryClient();
  const { data: settings } = useQuery(settingsQuery);
  const publishableKey = settings?.cards?.provider === 'stripe' ? settings.cards.publishableKey : undefined;
  const { data, refetch } = useQuery({ ...continuedPaymentQuery(id), enabled: publishableKey !== undefined });
  useEffect(() => {
    if (data && !data.authentication) queries.setQueryData(orderQuery(id).queryKey, data.order);
  }, [data, id, queries]);
  const goOn = useCallback(() => refetch(), [refetch]);
  if (publishableKey === undefined || !data?.authentication) return null;
  const { clientSecret } = data.authentication;
  return (
    <Suspense>
      <BankQuestion publishableKey={publishableKey} clientSecret={clientSecret} onAnswered={goOn} />
    </Suspense>
  );
};

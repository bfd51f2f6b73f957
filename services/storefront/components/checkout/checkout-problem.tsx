import { ApiProblem } from '../../../contracts/http/ask.ts';
import type { Money } from '../../../contracts/http/values.ts';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { useBuyingMessages } from '../../messages/language.tsx';
import { ProblemNotice } from '../problem-notice.tsx';

/** Whether nobody can say if the order was placed. */
export const isUnknown = (problem: unknown): boolean =>
  problem !== null &&
  problem !== undefined &&
  (!(problem instanceof ApiProblem) ||
    problem.status >= 500 ||
    problem.status === 429 ||
    problem.code === 'order.in-flight');

/** Why an order was refused before anything was paid, and what the reader can do. Nothing without a problem. */
export const CheckoutProblem = ({ problem }: { readonly problem: unknown }) => {
  const { checkout } = useBuyingMessages();
  const { money } = useFormats();
  if (!(problem instanceof ApiProblem)) return null;
  const { code } = problem;
  const { expected, actual } = problem.problem ?? {};
  const said = () => {
    if (code === 'order.total-changed' && expected && actual)
      return checkout.totalChanged(money(expected as Money), money(actual as Money));
    if (code === 'order.cart-changed') return checkout.cartChanged;
    if (code === 'order.out-of-stock') return checkout.soldOut;
    return undefined;
  };
  const text = said();
  if (text)
    return (
      <div className="notice bad" role="alert">
        <p>
          <strong>{text}</strong>
        </p>
        <p>{checkout.review}</p>
      </div>
    );
  return <ProblemNotice problem={problem} />;
};

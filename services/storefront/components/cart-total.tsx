import type { Cart } from '../../contracts/http/cart-api.ts';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { useBuyingMessages } from '../messages/language.tsx';

/** What a whole cart costs, as the last of its sums. */
export const CartTotal = ({ cart: { total } }: { readonly cart: Cart }) => {
  const { cart } = useBuyingMessages();
  const { money } = useFormats();
  return (
    <div className="sum">
      <dt>{cart.total}</dt>
      <dd>{total ? money(total) : cart.unpriced}</dd>
    </div>
  );
};

import { Link } from '@tanstack/react-router';
import type { Cart } from '../../../contracts/http/cart-api.ts';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { useBuyingMessages } from '../../messages/language.tsx';
import { CartTotal } from '../cart-total.tsx';

/** What is about to be paid for, beside the form. */
export const OrderSummary = ({ cart }: { readonly cart: Cart }) => {
  const messages = useBuyingMessages();
  const { money } = useFormats();
  return (
    <aside className="summary">
      <header className="shelf-head">
        <h2>{messages.checkout.summary}</h2>
        <Link to="/cart" className="quiet-link">
          {messages.checkout.edit}
        </Link>
      </header>
      <dl className="sums">
        {cart.items.map((line) => (
          <div key={line.productId}>
            <dt dir="auto">
              {line.quantity > 1 && <span className="times">{line.quantity} × </span>}
              {line.title ?? messages.cart.untitled}
              {line.available === false && <span className="stock out">{messages.cart.gone}</span>}
            </dt>
            <dd>{line.lineTotal ? money(line.lineTotal) : messages.cart.unpriced}</dd>
          </div>
        ))}
        <CartTotal cart={cart} />
      </dl>
      <p className="fine">{messages.cart.shipping}</p>
    </aside>
  );
};

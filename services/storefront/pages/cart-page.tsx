import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { apiPrefix } from '../../contracts/http/api-prefix.ts';
import type { Cart } from '../../contracts/http/cart-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { useChangeLine } from '../api/cart-changes.ts';
import { cartQuery } from '../api/queries.ts';
import { CartNoticeBar, LineNotices } from '../components/cart-notices.tsx';
import { CartTotal } from '../components/cart-total.tsx';
import { Poster } from '../components/catalogue/poster.tsx';
import { ArrowIcon } from '../components/icons.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useBuyingMessages, useMessages } from '../messages/language.tsx';

type Line = Cart['items'][number];

/** Units that can be chosen; more than these come by adding the product again. */
const choices = (quantity: number) => {
  const first = Array.from({ length: 10 }, (_, at) => at + 1);
  return quantity > first.length ? [...first, quantity] : first;
};

const CartLine = ({ line }: { readonly line: Line }) => {
  const { cart } = useBuyingMessages();
  const { money } = useFormats();
  const change = useChangeLine(line.productId);
  const title = line.title ?? cart.untitled;
  const quantity = change.isPending ? change.variables : line.quantity;
  return (
    <li className={change.isPending ? 'line-item pending' : 'line-item'}>
      <Link to="/products/$id" params={{ id: line.productId }} tabIndex={-1} aria-hidden="true">
        <Poster title={title} imageUrl={`${apiPrefix}/products/${line.productId}/image`} />
      </Link>
      <div className="line-text">
        <h2 dir="auto">
          <Link to="/products/$id" params={{ id: line.productId }}>
            {title}
          </Link>
        </h2>
        {line.unitPrice && line.quantity > 1 && <p className="fine">{cart.each(money(line.unitPrice))}</p>}
        <LineNotices notices={line.notices} />
        <div className="line-actions">
          <label>
            <span className="visually-hidden">{cart.quantityOf(title)}</span>
            <select value={quantity} onChange={({ target }) => change.mutate(Number(target.value))}>
              {quantity === 0 && <option>0</option>}
              {choices(quantity).map((count) => (
                <option key={count}>{count}</option>
              ))}
            </select>
          </label>
          <button type="button" className="text-button" onClick={() => change.mutate(0)}>
            {cart.remove}
            <span className="visually-hidden"> {title}</span>
          </button>
        </div>
        <ProblemNotice problem={change.error} />
      </div>
      <p className="line-price">{line.lineTotal ? money(line.lineTotal) : cart.unpriced}</p>
    </li>
  );
};

const Skeleton = () => (
  <div className="cart">
    <div>
      <span className="skeleton line title" />
      <span className="skeleton block" />
      <span className="skeleton block" />
    </div>
  </div>
);

const Filled = ({ cart }: { readonly cart: Cart }) => {
  const messages = useBuyingMessages();
  const isBuyable = cart.total !== null && cart.items.every(({ available }) => available !== false);
  return (
    <div className="cart">
      <div>
        <h1>{messages.cart.title}</h1>
        {cart.degraded && (
          <p className="notice" role="status">
            {messages.cart.degraded}
          </p>
        )}
        <CartNoticeBar cart={cart} />
        <ul>
          {cart.items.map((line) => (
            <CartLine key={line.productId} line={line} />
          ))}
        </ul>
      </div>
      <aside className="summary">
        <dl className="sums">
          <CartTotal cart={cart} />
        </dl>
        <p className="fine">{messages.cart.shipping}</p>
        {isBuyable && (
          <Link to="/checkout" className="button large wide">
            {messages.cart.checkout}
            <ArrowIcon />
          </Link>
        )}
        <Link to="/products" className="quiet-link centred">
          {messages.cart.goOn}
        </Link>
      </aside>
    </div>
  );
};

/** What is about to be bought. */
export const CartPage = () => {
  const { cart } = useBuyingMessages();
  const { home } = useMessages();
  const query = useQuery({ ...cartQuery, refetchOnMount: 'always' });
  return (
    <>
      <PageTitle text={cart.title} />
      <Await query={query} skeleton={<Skeleton />}>
        {(known) =>
          known.items.length === 0 ? (
            <Panel title={cart.empty} text={cart.emptyText}>
              <Link to="/products" className="button">
                {home.browse}
              </Link>
            </Panel>
          ) : (
            <Filled cart={known} />
          )
        }
      </Await>
    </>
  );
};

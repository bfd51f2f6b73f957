import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Product } from '../../contracts/http/catalogue/product-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await, Missing } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { useAddToCart } from '../api/cart-changes.ts';
import { productQuery } from '../api/queries.ts';
import { PictureSkeleton, ProductPictures } from '../components/catalogue/product-pictures.tsx';
import { Shelf } from '../components/catalogue/shelf.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useMessages } from '../messages/language.tsx';

const route = getRouteApi('/products/$id');
/** Units that can be put into the cart at once. */
const choices = Array.from({ length: 10 }, (_, at) => at + 1);
/** Units below which it is worth saying how many are left. */
const few = 10;

const BuyBox = ({ product }: { readonly product: Product }) => {
  const messages = useMessages();
  const [quantity, setQuantity] = useState(1);
  const add = useAddToCart();
  if (product.stock <= 0)
    return (
      <div className="buy">
        <p className="stock out">{messages.product.soldOut}</p>
        <p>{messages.product.soldOutText}</p>
      </div>
    );
  return (
    <div className="buy">
      <p className={product.stock < few ? 'stock low' : 'stock'}>
        {product.stock < few ? messages.product.fewLeft(product.stock) : messages.product.inStock}
      </p>
      <div className="buy-row">
        <label className="quantity">
          <span className="visually-hidden">{messages.product.quantity}</span>
          <select value={quantity} onChange={({ target }) => setQuantity(Number(target.value))}>
            {choices.slice(0, product.stock).map((count) => (
              <option key={count}>{count}</option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="button large"
          aria-disabled={add.isPending}
          onClick={() => add.isPending || add.mutate({ productId: product.id, quantity })}
        >
          {add.isPending ? messages.product.adding : messages.product.add}
        </button>
      </div>
      <div aria-live="polite">
        {add.isSuccess && (
          <p className="notice good">
            <span dir="auto">{messages.product.added(product.title)}</span>{' '}
            <Link to="/cart">{messages.product.toCart}</Link>
          </p>
        )}
      </div>
      <ProblemNotice problem={add.error} />
    </div>
  );
};

const Details = ({ attributes }: Pick<Product, 'attributes'>) => {
  const { product } = useMessages();
  const { number, money } = useFormats();
  const shown = Object.entries(attributes).filter(([name]) => product.attributes[name] !== undefined);
  if (shown.length === 0) return null;
  const textOf = (name: string, value: string | number | boolean) => {
    if (name === 'grossUsd' && typeof value === 'number') return money({ amount: value * 100, currency: 'USD' });
    return typeof value === 'number' && name !== 'year' ? number(value) : String(value);
  };
  return (
    <section>
      <h2>{product.details}</h2>
      <dl className="facts">
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt>{product.attributes[name]}</dt>
            <dd dir="auto">{textOf(name, value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
};

const Skeleton = () => (
  <div className="product">
    <PictureSkeleton />
    <div>
      <span className="skeleton line title" />
      <span className="skeleton line short" />
      <span className="skeleton line" />
      <span className="skeleton line" />
    </div>
  </div>
);

/** One product: what it is, what it costs, and the way into the cart. */
export const ProductPage = () => {
  const { id } = route.useParams();
  const messages = useMessages();
  const { money } = useFormats();
  const query = useQuery(productQuery(id));
  return (
    <Await
      query={query}
      skeleton={<Skeleton />}
      missing={<Missing title={messages.product.missing} text={messages.product.missingText} />}
    >
      {(product) => (
        <>
          <PageTitle text={product.title} />
          <article className="product">
            <ProductPictures key={product.id} product={product} />
            <div className="product-text">
              <Link to="/products" search={{ category: product.category }} className="quiet-link">
                {product.category}
              </Link>
              <h1 dir="auto">{product.title}</h1>
              <p className="product-price">{money(product.price)}</p>
              <BuyBox product={product} />
              {product.description && (
                <section>
                  <h2>{messages.product.about}</h2>
                  <p dir="auto" className="prose">
                    {product.description}
                  </p>
                </section>
              )}
              <Details attributes={product.attributes} />
            </div>
          </article>
          <Shelf title={messages.product.more(product.category)} search={{ category: product.category }} without={id} />
        </>
      )}
    </Await>
  );
};

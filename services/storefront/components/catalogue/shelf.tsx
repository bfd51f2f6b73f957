import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Await } from '../../../site-kit/components/states.tsx';
import type { ProductSearch } from '../../api/product-search.ts';
import { shelfQuery } from '../../api/queries.ts';
import { useMessages } from '../../messages/language.tsx';
import { CardSkeletons, ProductCard } from './product-card.tsx';

const shelfSize = 12;

export type ShelfProps = {
  readonly title: string;
  readonly search: ProductSearch;
  /** Product that is left out: the one beside which the shelf stands. */
  readonly without?: string;
  /** Whether it is seen first; default false. */
  readonly isFirst?: boolean;
};

/** One row of products, to be moved sideways. */
export const Shelf = ({ title, search, without, isFirst = false }: ShelfProps) => {
  const { home } = useMessages();
  const query = useQuery(shelfQuery(search, shelfSize));
  return (
    <section className="shelf">
      <header className="shelf-head">
        <h2>{title}</h2>
        <Link to="/products" search={search} className="quiet-link">
          {home.all}
          <span className="visually-hidden">: {title}</span>
        </Link>
      </header>
      <Await
        query={query}
        skeleton={
          <div className="shelf-row">
            <CardSkeletons count={6} />
          </div>
        }
      >
        {({ items }) => (
          <ul className="shelf-row">
            {items
              .filter(({ id }) => id !== without)
              .map((product, at) => (
                <li key={product.id}>
                  <ProductCard product={product} isFirst={isFirst && at < 6} />
                </li>
              ))}
          </ul>
        )}
      </Await>
    </section>
  );
};

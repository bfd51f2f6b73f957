import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { categoriesQuery, shelfQuery } from '../api/queries.ts';
import { Poster, PosterSkeleton } from '../components/catalogue/poster.tsx';
import { captionOf } from '../components/catalogue/product-card.tsx';
import { Shelf } from '../components/catalogue/shelf.tsx';
import { ArrowIcon } from '../components/icons.tsx';
import { useMessages } from '../messages/language.tsx';

const mostCategories = 12;
const shownPosters = 5;

/** A fan of posters; they stand on the shelf below too, so it is decoration. */
const Fan = () => {
  const { data } = useQuery(shelfQuery({ sort: 'newest' }, 12));
  const items = data?.items.slice(0, shownPosters) ?? [];
  return (
    <div className="fan" aria-hidden="true">
      {!data &&
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        Array.from({ length: shownPosters }, (_, at) => <PosterSkeleton key={at} />)}
      {items.map((product) => (
        <Poster
          key={product.id}
          title={product.title}
          imageUrl={product.imageUrl}
          image={product.images[0]}
          caption={captionOf(product)}
          isFirst
        />
      ))}
    </div>
  );
};

const Categories = () => {
  const { home, products } = useMessages();
  const { data } = useQuery(categoriesQuery);
  const largest = data?.items.toSorted((one, other) => other.products - one.products).slice(0, mostCategories) ?? [];
  if (data && largest.length === 0) return null;
  return (
    <section className="genres">
      <h2>{home.genres}</h2>
      <ul>
        {largest.map(({ name, products: count }) => (
          <li key={name}>
            <Link to="/products" search={{ category: name }} className="genre">
              <span>{name}</span>
              <span className="fine">{products.count(count)}</span>
            </Link>
          </li>
        ))}
        {!data &&
          Array.from({ length: mostCategories }, (_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
            <li key={at} className="genre skeleton" aria-hidden="true" />
          ))}
      </ul>
    </section>
  );
};

/** The first page: what the shop is, and what stands in front. */
export const HomePage = () => {
  const { home } = useMessages();
  return (
    <>
      <PageTitle />
      <section className="hero">
        <div>
          <h1>{home.title}</h1>
          <p>{home.text}</p>
          <Link to="/products" className="button large">
            {home.browse}
            <ArrowIcon />
          </Link>
        </div>
        <Fan />
      </section>
      <Shelf title={home.newest} search={{ sort: 'newest' }} isFirst />
      <Categories />
      <Shelf title={home.bargains} search={{ sort: 'price-ascending' }} />
    </>
  );
};

import { Link } from '@tanstack/react-router';
import type { Product } from '../../../contracts/http/catalogue/product-api.ts';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { useMessages } from '../../messages/language.tsx';
import { Poster, PosterSkeleton } from './poster.tsx';

/** Year and genre, as far as they are known. */
export const captionOf = ({ attributes, category }: Pick<Product, 'attributes' | 'category'>): string =>
  [attributes['year'], category].filter(Boolean).join(' · ');

/** A product on a shelf. */
export const ProductCard = ({
  product,
  isFirst = false,
}: {
  readonly product: Product;
  readonly isFirst?: boolean;
}) => {
  const { money } = useFormats();
  const messages = useMessages();
  const caption = captionOf(product);
  return (
    <article className="card">
      <Link to="/products/$id" params={{ id: product.id }} className="card-link">
        <Poster
          title={product.title}
          imageUrl={product.imageUrl}
          image={product.images[0]}
          caption={caption}
          isFirst={isFirst}
        />
        <span className="card-title" dir="auto">
          {product.title}
        </span>
      </Link>
      <p className="card-caption">{caption}</p>
      <p className="card-price">
        {money(product.price)}
        {product.stock <= 0 && <span className="tag">{messages.product.soldOut}</span>}
      </p>
    </article>
  );
};

/** Cards that are still on their way. */
export const CardSkeletons = ({ count }: { readonly count: number }) =>
  Array.from({ length: count }, (_, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
    <div className="card" key={at}>
      <PosterSkeleton />
      <span className="skeleton line" />
      <span className="skeleton line short" />
    </div>
  ));

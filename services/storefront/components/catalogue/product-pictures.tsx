import { useState } from 'react';
import type { Product } from '../../../contracts/http/catalogue/product-api.ts';
import { useMessages } from '../../messages/language.tsx';
import { Poster, PosterSkeleton } from './poster.tsx';
import { captionOf } from './product-card.tsx';

const sizes = '(max-width: 44rem) 65vw, 25rem';

/** Place of the pictures of a product that is on its way. */
export const PictureSkeleton = () => (
  <div className="pictures">
    <PosterSkeleton sizes={sizes} />
  </div>
);

/** What a product looks like: its poster, or one of the pictures that staff uploaded and the others to choose from. */
export const ProductPictures = ({ product }: { readonly product: Product }) => {
  const { pictures } = useMessages().product;
  const { title, imageUrl, images } = product;
  const [chosen, setChosen] = useState(0);
  const image = images[chosen] ?? images[0];
  return (
    <div className="pictures">
      <Poster
        title={title}
        imageUrl={image?.url ?? imageUrl}
        image={image}
        sizes={sizes}
        caption={captionOf(product)}
        isFirst
      />
      {images.length > 1 && (
        <ul aria-label={pictures}>
          {images.map(({ name, alt, url }, at) => (
            <li key={name}>
              <button type="button" aria-label={alt} aria-pressed={name === image?.name} onClick={() => setChosen(at)}>
                <img src={`${url}&width=90`} alt="" width={56} height={84} decoding="async" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};

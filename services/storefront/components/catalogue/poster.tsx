import { useState } from 'react';
import type { ProductImage } from '../../../contracts/http/catalogue/product-image-api.ts';

export type PosterProps = {
  readonly title: string;
  /** Picture of the product; null draws the title alone. */
  readonly imageUrl: string | null;
  /** What staff uploaded, shown in its place; default none. */
  readonly image?: ProductImage | undefined;
  /** How wide it stands on the page, as `sizes` of an image says it; default that of a card. */
  readonly sizes?: string;
  /** Second line of the drawn poster, such as year and genre. */
  readonly caption?: string;
  /** Whether it is among the first things that a visitor sees; then it does not wait. Default false. */
  readonly isFirst?: boolean;
};

/** A number from a title: the same title always looks the same. */
const seedOf = (title: string): number => {
  let seed = 2_166_136_261;
  for (const character of title) seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return seed;
};

const Drawn = ({ title, caption }: Pick<PosterProps, 'title' | 'caption'>) => {
  const seed = seedOf(title);
  const style = {
    '--hue': String(seed % 360),
    '--turn': `${(seed >>> 9) % 180}deg`,
    '--place': `${15 + ((seed >>> 17) % 70)}%`,
  };
  return (
    <span className="poster-drawn" style={style as React.CSSProperties} aria-hidden="true">
      <span className="poster-title" dir="auto">
        {title}
      </span>
      {caption && <span className="poster-caption">{caption}</span>}
    </span>
  );
};

/** The forms of a picture by width, from which a browser takes what the screen needs. */
const formsOf = ({ url, widths }: ProductImage): string =>
  widths.map((width) => `${url}&width=${width} ${width}w`).join(', ');

const ofCard = '(max-width: 44rem) 45vw, 12rem';

/** Place of a poster that is on its way; `public/ahead.js` puts a picture there that is known before this script is. */
export const PosterSkeleton = ({ sizes = ofCard }: Pick<PosterProps, 'sizes'>) => (
  <span className="poster skeleton" data-sizes={sizes} />
);

/**
 * Picture of a product, two to three. Its title stands beside it, so a poster is silent for those who hear the page; an uploaded picture
 * says what it shows.
 */
export const Poster = ({ title, imageUrl, image, sizes = ofCard, caption, isFirst = false }: PosterProps) => {
  const [failed, setFailed] = useState<string>();
  return (
    <span className="poster">
      {imageUrl === null || failed === imageUrl ? (
        <Drawn title={title} {...(caption && { caption })} />
      ) : (
        <img
          src={imageUrl}
          {...(image && { srcSet: formsOf(image), sizes })}
          alt={image?.alt ?? ''}
          width={image?.width ?? 400}
          height={image?.height ?? 600}
          loading={isFirst ? 'eager' : 'lazy'}
          fetchPriority={isFirst ? 'high' : 'auto'}
          // One that stands there already, drawn ahead, would be gone for a moment.
          decoding={isFirst ? 'sync' : 'async'}
          onError={() => setFailed(imageUrl)}
        />
      )}
    </span>
  );
};

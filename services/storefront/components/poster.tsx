import { useState } from 'react';

export type PosterProps = {
  readonly title: string;
  /** Picture of the product; null draws the title alone. */
  readonly imageUrl: string | null;
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

/** Picture of a product, two to three. Its title stands beside it, so it is silent for those who hear the page. */
export const Poster = ({ title, imageUrl, caption, isFirst = false }: PosterProps) => {
  const [failed, setFailed] = useState<string>();
  return (
    <span className="poster">
      {imageUrl === null || failed === imageUrl ? (
        <Drawn title={title} {...(caption && { caption })} />
      ) : (
        <img
          src={imageUrl}
          alt=""
          width={400}
          height={600}
          loading={isFirst ? 'eager' : 'lazy'}
          fetchPriority={isFirst ? 'high' : 'auto'}
          decoding="async"
          onError={() => setFailed(imageUrl)}
        />
      )}
    </span>
  );
};

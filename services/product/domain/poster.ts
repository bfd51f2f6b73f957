/** The picture of a product that has no photograph: a poster, drawn from what the product says of itself, always the same one. */
import { chanceOf, fingerprint } from './chance.ts';
import { artFor } from './poster-art.ts';
import { letter, lineHeight, sans, serif, type Typeface, widthOf } from './poster-lettering.ts';
import { type Palette, paletteFor } from './poster-palette.ts';

/** What a poster is drawn from. */
export type PosterSubject = {
  readonly title: string;
  readonly category: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
};

/** Raise it when posters are drawn in another way, so that no cache keeps the old ones. */
const design = 1;

const width = 300;
const height = 450;
const margin = 22;
/** Up to here a poster is a thumbnail: larger letters, and nothing in small ones. */
const widestThumbnail = 160;

// What XML cannot hold, and what would break a line out of its place.
const clean = (text: string) =>
  text
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
const entities = new Map(
  Object.entries({
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }),
);
const escapeXml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities.get(character) ?? '');

/** Year and director, as far as the product has them. */
const creditOf = ({ year, director }: PosterSubject['attributes']): string =>
  [
    typeof year === 'number' || typeof year === 'string' ? String(year).slice(0, 10) : '',
    typeof director === 'string' ? director.slice(0, 40) : '',
  ]
    .map(clean)
    .filter((part) => part !== '')
    .join(' · ');

/** Names the poster of a product: another subject, or another design, another name. */
export const posterVersion = ({ title, category, attributes }: PosterSubject): string =>
  fingerprint(JSON.stringify([design, title, category, creditOf(attributes)])).toString(36);

type Place = { readonly x: number; readonly anchor: 'start' | 'middle'; readonly width: number };

const textLine = (
  text: string,
  face: Typeface,
  { x, anchor, width: room }: Place,
  { y, size, fill }: { y: number; size: number; fill: string },
) => {
  // A font that is wider than the estimate would run over the edge: then the letters are pressed together.
  const held =
    widthOf(text, face) * size > room * 0.9
      ? ` textLength="${Math.min(room, Math.round(widthOf(text, face) * size * 0.94))}" lengthAdjust="spacingAndGlyphs"`
      : '';
  return `<text x="${x}" y="${Math.round(y * 10) / 10}" font-family="${escapeXml(face.family)}" font-weight="${face.weight}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${held}>${escapeXml(text)}</text>`;
};

type Layout = 'title-below' | 'title-above' | 'framed';

type Design = { readonly layout: Layout; readonly face: Typeface; readonly palette: Palette };

const serifGenres = new Set(['drama', 'romantic comedy', 'western', 'horror', 'musical']);

/** Draws the poster as SVG of 2 by 3, `pixels` wide; at most 16 KiB, no script, no style, no address of anything else. */
export const drawPoster = (subject: PosterSubject, pixels = width): string => {
  const isThumbnail = pixels <= widestThumbnail;
  const title = clean(subject.title) || '·';
  const chance = chanceOf(`${subject.title}\n${subject.category}\n${subject.attributes['year'] ?? ''}`);
  const { layout, face, palette }: Design = {
    palette: paletteFor(subject.category, chance, chanceOf(subject.category.toLowerCase())),
    face: serifGenres.has(subject.category.toLowerCase()) ? serif : chance.pick([serif, sans, sans]),
    layout: chance.pick(['title-below', 'title-below', 'title-above', 'framed']),
  };
  const art = artFor(subject.category, chance);

  const credit = isThumbnail ? '' : creditOf(subject.attributes);
  const place: Place =
    layout === 'framed'
      ? { x: width / 2, anchor: 'middle', width: width - 2 * margin }
      : { x: margin, anchor: 'start', width: width - 2 * margin };
  const { size, lines } = letter(title, face, {
    width: place.width,
    height: isThumbnail ? 190 : 150,
    largest: isThumbnail ? 60 : 50,
    smallest: isThumbnail ? 26 : 22,
  });
  const creditRoom = credit === '' ? 0 : 24;
  const titleRoom = lines.length * size * lineHeight;
  const text = Math.round(titleRoom + creditRoom + margin * 1.7);
  const titleTop = layout === 'title-above' ? margin : height - text + margin * 0.7;
  const inset = layout === 'framed' ? margin : 0;
  const box = { width: width - 2 * inset, height: height - text - inset };
  const artTop = layout === 'title-above' ? text : inset;
  const drawn = lines.map((line, index) =>
    textLine(line, face, place, { y: titleTop + size * 0.82 + index * size * lineHeight, size, fill: palette.ink }),
  );
  const creditLine =
    credit === ''
      ? ''
      : textLine(credit, { ...sans, weight: 400, isUpperCase: false }, place, {
          y: titleTop + titleRoom + 14,
          size: 12,
          fill: palette.ink,
        });

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pixels}" height="${Math.round((pixels * height) / width)}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<rect width="${width}" height="${height}" fill="${palette.ground}"/>`,
    `<svg x="${inset}" y="${artTop}" width="${box.width}" height="${box.height}" viewBox="0 0 ${box.width} ${box.height}">`,
    art(box, palette, chance),
    '</svg>',
    ...drawn,
    creditLine,
    '</svg>',
  ].join('');
};

import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { drawPoster, type PosterSubject, posterVersion } from './poster.ts';
import { genres, palettes } from './poster-palette.ts';

const film: PosterSubject = {
  title: 'Metropolis',
  category: 'Drama',
  attributes: { year: 1927, director: 'Fritz Lang' },
};

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 80 }));
const subjects = fc.record({
  title: text,
  category: fc.oneof(fc.constantFrom(...genres), text),
  attributes: fc.record({ year: fc.oneof(fc.integer(), text), director: text }, { requiredKeys: [] }),
});

/** Names of elements and attributes, as a reader of XML takes the picture apart; throws where it is not well-formed. */
const readXml = (xml: string) => {
  const elements = new Set<string>();
  const attributes = new Set<string>();
  const open: string[] = [];
  const token = /<\/(\w+)>|<(\w+)((?: [\w:-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  for (let at = 0; at < xml.length; at = token.lastIndex) {
    const found = token.exec(xml);
    if (!found) throw new Error(`not XML: ${xml.slice(at, at + 40)}`);
    const [, closed, name, given = '', empty, words = ''] = found;
    for (const value of [words, given])
      if (/&(?!(amp|lt|gt|quot|#39);)/.test(value) || /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(value))
        throw new Error(`not XML: ${value}`);
    if (closed !== undefined && open.pop() !== closed) throw new Error(`${closed} closes nothing`);
    if (name === undefined) continue;
    elements.add(name);
    for (const [, attribute = ''] of given.matchAll(/ ([\w:-]+)=/g)) attributes.add(attribute);
    if (empty === '') open.push(name);
  }
  if (open.length > 0) throw new Error(`${open.join(', ')} stay open`);
  return { elements: [...elements], attributes: [...attributes] };
};

const harmless = {
  elements: ['svg', 'rect', 'circle', 'ellipse', 'path', 'text'],
  attributes:
    'xmlns width height viewBox role aria-label fill x y cx cy r rx ry d stroke stroke-width stroke-linecap font-family font-weight font-size text-anchor textLength lengthAdjust'.split(
      ' ',
    ),
};

describe('a poster', () => {
  it('is well-formed, small, and made of shapes and letters alone, whatever a product is called', () => {
    fc.assert(
      fc.property(subjects, fc.constantFrom(90, 300, 1200), (subject, pixels) => {
        const poster = drawPoster(subject, pixels);
        const { elements, attributes } = readXml(poster);
        expect(elements.filter((name) => !harmless.elements.includes(name))).toEqual([]);
        expect(attributes.filter((name) => !harmless.attributes.includes(name))).toEqual([]);
        expect(Buffer.byteLength(poster)).toBeLessThan(24 * 1024);
        expect(poster).not.toContain('NaN');
      }),
      { numRuns: 300 },
    );
  });

  it('shows markup in a title as text', () => {
    const poster = drawPoster({ ...film, category: 'Action', title: `<script>alert("1")</script> & 'x'` });
    expect(poster).not.toContain('<script');
    expect(poster.toLowerCase()).toContain('&lt;script&gt;');
  });

  it('is the same each time, and another one for another film', () => {
    expect(drawPoster(film)).toBe(drawPoster({ ...film, attributes: { director: 'Fritz Lang', year: 1927 } }));
    expect(drawPoster(film)).not.toBe(drawPoster({ ...film, title: 'M' }));
  });

  it('has a version that changes with what it shows, and with nothing else', () => {
    const version = posterVersion(film);
    expect(version).toMatch(/^\w{1,12}$/);
    expect(posterVersion({ ...film, attributes: { ...film.attributes, rating: 'PG' } })).toBe(version);
    for (const changed of [
      { ...film, title: 'M' },
      { ...film, category: 'Action' },
      { ...film, attributes: { year: 1928, director: 'Fritz Lang' } },
    ])
      expect(posterVersion(changed)).not.toBe(version);
  });

  it('says year and director where there is room for small letters', () => {
    expect(drawPoster(film)).toContain('>1927 · Fritz Lang<');
    expect(drawPoster(film, 90)).not.toContain('1927');
  });

  it('ends a title that is too long for its lines with an ellipsis', () => {
    expect(drawPoster({ ...film, title: 'A very long title '.repeat(16).trim() })).toContain('…</text>');
  });
});

const channel = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const luminance = (colour: string) =>
  [0.2126, 0.7152, 0.0722].reduce(
    (sum, weight, index) =>
      sum + weight * channel(Number.parseInt(colour.slice(1 + index * 2, 3 + index * 2), 16) / 255),
    0,
  );

test.each(palettes.map((palette) => [palette.ground, palette.ink] as const))(
  'letters on %s of %s can be read (WCAG 1.4.3)',
  (ground, ink) => {
    const [light = 0, dark = 0] = [luminance(ground), luminance(ink)].toSorted((a, b) => b - a);
    expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(4.5);
  },
);

/** What the pictures of posters are made of. */
import type { Chance } from './chance.ts';
import type { Palette } from './poster-palette.ts';

export type ArtBox = { readonly width: number; readonly height: number };
/** Shapes as SVG, in front of a box that has the colour of the ground. */
export type Art = (box: ArtBox, palette: Palette, chance: Chance) => string;

/** A number as it stands in a path: one decimal. */
export const round = (value: number): string => String(Math.round(value * 10) / 10);
/** A disc. */
export const circle = (x: number, y: number, radius: number, fill: string) =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${fill}"/>`;
/** An upright rectangle. */
export const box = (x: number, y: number, width: number, height: number, fill: string) =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`;
/** A closed path. */
export const shape = (d: string, fill: string) => `<path d="${d}" fill="${fill}"/>`;
/** A closed shape of straight edges. */
export const polygon = (points: readonly (readonly [number, number])[], fill: string) =>
  shape(`M${points.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}Z`, fill);
/** An open path, drawn with round ends. */
export const line = (d: string, stroke: string, width: number) =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${round(width)}" stroke-linecap="round"/>`;
/** Draws something so many times, in front of one another. */
export const times = (count: number, draw: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => draw(index)).join('');

/**
 * A ridge of soft waves across the box at height `y`, filled down to its foot, or just above where another ridge stands in front:
 * two fills that end at one edge leave a thin line there. `shift` of 0 to 1 says where the first wave begins.
 */
export const ridge = (
  { width, height }: ArtBox,
  {
    y,
    swing,
    bends,
    shift,
    isBehind = false,
  }: {
    readonly y: number;
    readonly swing: number;
    readonly bends: number;
    readonly shift: number;
    readonly isBehind?: boolean;
  },
  fill: string,
): string => {
  const step = width / bends;
  const start = -step * (1 + shift);
  const curves = times(bends + 3, (bend) => {
    const x = start + bend * step;
    const bulge = round(bend % 2 === 0 ? y - swing : y + swing);
    return `C${round(x + step * 0.36)} ${bulge} ${round(x + step * 0.64)} ${bulge} ${round(x + step)} ${round(y)}`;
  });
  return shape(`M${round(start)} ${round(y)}${curves}V${round(isBehind ? height - 3 : height)}H${round(start)}Z`, fill);
};

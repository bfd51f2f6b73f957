import type { Chance } from './chance.ts';

/** Five colours that go together; `ink` is readable on `ground` (contrast of 4.5 at least, which a test checks). */
export type Palette = {
  readonly ground: string;
  readonly ink: string;
  /** What is far off, close to the ground. */
  readonly far: string;
  /** What stands in front. */
  readonly near: string;
  /** What shines. */
  readonly glow: string;
};

const paletteOf = (ground: string, ink: string, far: string, near: string, glow: string): Palette => ({
  ground,
  ink,
  far,
  near,
  glow,
});

/** Any category has one of these, by its name. */
const general = [
  paletteOf('#12355b', '#f6efe0', '#2a5a8c', '#d72638', '#f4b942'),
  paletteOf('#f3e9d2', '#1f2a44', '#c6dabf', '#114b5f', '#e4572e'),
  paletteOf('#22333b', '#f2f4f3', '#5e747f', '#a9927d', '#f6ae2d'),
  paletteOf('#fff4e4', '#3a2449', '#f7c59f', '#6b4e9b', '#ef5b5b'),
  paletteOf('#0b3d3a', '#fbf5df', '#1f6f68', '#e0a458', '#f7e3af'),
  paletteOf('#f8efe6', '#14342b', '#bcd8c1', '#2d6a4f', '#f08a4b'),
] as const;

/** The genres of films; each has a mood of its own. */
const byGenre = new Map(
  Object.entries<readonly Palette[]>({
    action: [
      paletteOf('#b3200f', '#fff3dc', '#d8442a', '#1b1b1e', '#ffb627'),
      paletteOf('#1c1c24', '#fdf0d5', '#3a3a4a', '#e2361f', '#ffb000'),
      paletteOf('#ffb000', '#211a12', '#ff8c1a', '#211a12', '#fff2cf'),
    ],
    adventure: [
      paletteOf('#0f4c5c', '#fdf6e3', '#2c7a86', '#e36414', '#ffd166'),
      paletteOf('#f4e3b2', '#20392c', '#a7c4a0', '#2f6b4f', '#e5732a'),
      paletteOf('#1d3557', '#f1faee', '#457b9d', '#e76f51', '#f4d58d'),
    ],
    'black comedy': [
      paletteOf('#151515', '#f7f3e8', '#34323a', '#d9cf3f', '#f7f3e8'),
      paletteOf('#e8d44d', '#161616', '#d1ba2b', '#161616', '#fdf9e3'),
    ],
    comedy: [
      paletteOf('#ffd23f', '#2b1b3d', '#ffe68a', '#ee4266', '#3bceac'),
      paletteOf('#fff1e0', '#2a2d58', '#ffc9b0', '#3f7cac', '#ff6b4a'),
      paletteOf('#0f7173', '#fff6e5', '#2b9c98', '#f05d5e', '#ffd25a'),
    ],
    'concert/performance': [
      paletteOf('#1f0a33', '#fff0fb', '#4b1d6e', '#e4269c', '#35d0f0'),
      paletteOf('#0b132b', '#f0f8ff', '#29335c', '#f3722c', '#f9c74f'),
    ],
    documentary: [
      paletteOf('#eef0ec', '#22313a', '#c3ccc9', '#4f6d7a', '#dd6e42'),
      paletteOf('#2f3e46', '#f0efe6', '#52796f', '#cad2c5', '#f2a65a'),
    ],
    drama: [
      paletteOf('#2b2d42', '#f4efe6', '#51557a', '#b5838d', '#e9c46a'),
      paletteOf('#efe6dd', '#33262b', '#d3bfb0', '#7a3b46', '#c98a3c'),
      paletteOf('#1b3a4b', '#f5ede0', '#3e6577', '#c8553d', '#f2d0a4'),
      paletteOf('#4a2040', '#fbeee6', '#764067', '#d98b5f', '#f6d6ad'),
    ],
    horror: [
      paletteOf('#0d0d12', '#efe9e1', '#26202b', '#8f1020', '#d8d2c4'),
      paletteOf('#3b0a12', '#f6e7da', '#5f1420', '#0c0708', '#e8ddc3'),
      paletteOf('#10201c', '#e6efe0', '#21402f', '#060b09', '#b8d48a'),
    ],
    musical: [
      paletteOf('#5f0f6e', '#fff3f8', '#8b2f9b', '#ff5d8f', '#ffd670'),
      paletteOf('#fff0f5', '#3a1042', '#f9c2d9', '#c2266d', '#f7a531'),
    ],
    'romantic comedy': [
      paletteOf('#ffe3e3', '#5a1330', '#ffc2cb', '#e2506f', '#f9a66c'),
      paletteOf('#8f2243', '#fff1ec', '#b44564', '#ff9a8b', '#ffd6a5'),
    ],
    'thriller/suspense': [
      paletteOf('#101820', '#f2eee4', '#2b3a47', '#c8102e', '#f2c14e'),
      paletteOf('#c43a10', '#fffaf0', '#a32d09', '#14110f', '#fdf2d8'),
      paletteOf('#16302b', '#eef2e6', '#35594f', '#0a1412', '#d5e04a'),
    ],
    western: [
      paletteOf('#e9b872', '#3a1c0c', '#d98e4a', '#8a3b12', '#fbe7bf'),
      paletteOf('#7a2e0e', '#fbe9cd', '#a6491b', '#2c120a', '#f2b25c'),
    ],
  }),
);

/** Keys of the genres that have a palette of their own. */
export const genres: readonly string[] = [...byGenre.keys()];

/** Every palette there is. */
export const palettes: readonly Palette[] = [...general, ...[...byGenre.values()].flat()];

/** Colours of a category: of its own where it is a genre of films, else always the same one of the general ones. */
export const paletteFor = (category: string, { pick }: Chance, ofCategory: Chance): Palette =>
  pick(byGenre.get(category.toLowerCase()) ?? [ofCategory.pick(general)]);

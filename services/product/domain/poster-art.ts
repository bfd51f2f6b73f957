import type { Chance } from './chance.ts';
import { arcs, bands, contours, pair, rays, rings, tiles } from './poster-patterns.ts';
import { city, desert, hills, night, spotlight, sun, waves } from './poster-scenes.ts';
import type { Art } from './poster-shapes.ts';

const every: readonly Art[] = [sun, hills, rays, rings, city, tiles, waves, spotlight, arcs, contours, bands, pair];

const byGenre = new Map(
  Object.entries<readonly Art[]>({
    action: [rays, bands, city, rings, sun],
    adventure: [hills, waves, sun, contours, rays],
    'black comedy': [spotlight, bands, tiles, rings],
    comedy: [tiles, rays, pair, bands, arcs],
    'concert/performance': [arcs, rays, spotlight],
    documentary: [contours, hills, rings, waves],
    drama: [waves, sun, city, spotlight, hills, pair],
    horror: [night, rings, night, city],
    musical: [arcs, tiles, rays, spotlight],
    'romantic comedy': [pair, arcs, city, waves],
    'thriller/suspense': [spotlight, rings, city, bands],
    western: [desert, desert, sun],
  }),
);

/** A picture that suits the category, or any where none is known to. */
export const artFor = (category: string, { pick }: Chance): Art => pick(byGenre.get(category.toLowerCase()) ?? every);

import { expect, test } from '@jest/globals';
import { shrinkPixels } from './shrink-pixels.ts';

const red = [255, 0, 0, 255];
const blue = [0, 0, 255, 255];
const nothing = [0, 255, 0, 0];
const pixels = (width: number, ...colours: number[][]) => ({
  data: Uint8ClampedArray.from(colours.flat()),
  width,
  height: colours.length / width,
});

test('a pixel is the mean of those that it covers, whole or in part', () => {
  expect(shrinkPixels(pixels(2, red, blue, blue, red), 1)).toEqual(pixels(1, [128, 0, 128, 255]));
  expect(shrinkPixels(pixels(3, red, red, blue), 2)).toEqual(pixels(2, red, [85, 0, 170, 255]));
});

test('what is not seen lends no colour', () => {
  expect(shrinkPixels(pixels(2, red, nothing), 1)).toEqual(pixels(1, [255, 0, 0, 128]));
  expect(shrinkPixels(pixels(2, nothing, nothing), 1)).toEqual(pixels(1, [0, 0, 0, 0]));
});

test('nothing is made larger, and no side vanishes', () => {
  const small = pixels(2, red, blue);
  expect(shrinkPixels(small, 3)).toEqual(small);
  expect(shrinkPixels(pixels(4, red, red, red, red), 1)).toEqual(pixels(1, red));
});

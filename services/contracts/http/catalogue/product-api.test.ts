import { expect, test } from '@jest/globals';
import { updateProductBody } from './product-api.ts';

test.each([
  ['/images/metropolis.png', true],
  ['/', true],
  ['https://images.example/metropolis.png', true],
  ['//evil.example/x.png', false],
  ['///evil.example/x.png', false],
  ['images/metropolis.png', false],
  ['javascript:alert(1)', false],
])('the image %s may be kept: %s (L13)', (imageUrl, isKept) => {
  expect(updateProductBody.safeParse({ imageUrl }).success).toBe(isKept);
});

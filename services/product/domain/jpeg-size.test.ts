import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aHidingJpeg, aJpeg } from '../testing/pictures.ts';
import { jpegSize } from './jpeg-size.ts';

it('is read from the first frame header, behind whatever segments stand in front of it', () => {
  expect(jpegSize(aJpeg())).toEqual({ width: 24, height: 16 });
});

it('is that of the header that a decoder sees, and not of one that a comment has', () => {
  expect(jpegSize(aHidingJpeg(20_000, 15_000))).toEqual({ width: 20_000, height: 15_000 });
});

it('is unknown where the content ends too early, and no content makes it fail', () => {
  const whole = aJpeg();
  for (let end = 0; end < whole.length; end += 1)
    expect([undefined, 24]).toContain(jpegSize(whole.subarray(0, end))?.width);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      jpegSize(Buffer.concat([Buffer.from([0xff, 0xd8]), bytes]));
    }),
  );
});

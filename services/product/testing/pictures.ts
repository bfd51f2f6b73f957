/** Small pictures, real and pretended. */
import { crc32, deflateSync } from 'node:zlib';

const chunk = (name: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
};

/** A PNG of one colour; `claims` makes its head say another size than its pixels have. */
export const aPng = (
  width: number,
  height: number,
  { colour = [40, 90, 160, 255], claims }: { colour?: readonly number[]; claims?: readonly [number, number] } = {},
): Buffer => {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(claims?.[0] ?? width, 0);
  head.writeUInt32BE(claims?.[1] ?? height, 4);
  // Eight bits each of red, green, blue and alpha.
  head.set([8, 6], 8);
  const row = Buffer.concat([Buffer.alloc(1), ...Array.from({ length: width }, () => Buffer.from(colour))]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('tEXt', Buffer.from('Comment\0taken at home', 'latin1')),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

const plainJpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wEEEAANAA0ADQANAA4ADQAOABAAEAAOABQAFgATABYAFAAeABsAGQAZABsAHgAtACAAIgAgACIAIAAtAEQAKgAyACoAKgAyACoARAA8AEkAOwA3ADsASQA8AGwAVQBLAEsAVQBsAH0AaQBjAGkAfQCXAIcAhwCXAL4AtQC+APkA+QFOEQANAA0ADQANAA4ADQAOABAAEAAOABQAFgATABYAFAAeABsAGQAZABsAHgAtACAAIgAgACIAIAAtAEQAKgAyACoAKgAyACoARAA8AEkAOwA3ADsASQA8AGwAVQBLAEsAVQBsAH0AaQBjAGkAfQCXAIcAhwCXAL4AtQC+APkA+QFO/8EAEQgAEAAYAwEiAAIRAQMRAf/EAFcAAQEBAAAAAAAAAAAAAAAAAAAEBRABAAMAAAAAAAAAAAAAAAAAAARDgQEBAQAAAAAAAAAAAAAAAAAABAYRAAIBBQAAAAAAAAAAAAAAAAADAgUzNIKx/9oADAMBAAIRAxEAPwDGQTqtXoJ1WhpuRKSo4bdemeAaTB//2Q==',
  'base64',
);

/** A JPEG of 24 by 16 pixels whose EXIF says that it stands on its side, and where it was taken. */
export const aJpeg = (): Buffer => {
  // One entry, orientation (0x0112), a short: 6, a quarter turn to the right.
  const exif = Buffer.concat([
    Buffer.from('Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0', 'latin1'),
    Buffer.from('taken at home'),
  ]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(exif.length + 2, 2);
  return Buffer.concat([plainJpeg.subarray(0, 2), head, exif, plainJpeg.subarray(2)]);
};

/**
 * A JPEG of 66 KB whose header says the width and height. A fill byte, which the standard allows, leads who takes the next two bytes for a
 * length into a comment, where another header claims 16 by 16.
 */
export const aHidingJpeg = (width: number, height: number): Buffer => {
  const frame = plainJpeg.indexOf(Buffer.from([0xff, 0xc1]));
  const picture = Buffer.from(plainJpeg);
  picture.writeUInt16BE(height, frame + 5);
  picture.writeUInt16BE(width, frame + 7);
  const comment = Buffer.alloc(65_532);
  comment.set([0xff, 0xfe, 0xff, 0xfa]);
  const head = Buffer.concat([picture.subarray(0, 2), Buffer.from([0xff]), comment]);
  head.set([0xff, 0xc0, 0, 0x11, 8, 0, 16, 0, 16], 4 + head.readUInt16BE(4));
  return Buffer.concat([head, picture.subarray(2)]);
};

/** A WebP of 24 by 16 pixels. */
export const aWebp = (): Buffer =>
  Buffer.from(
    'UklGRlQAAABXRUJQVlA4IEgAAAAwAwCdASoYABAAPrVInkmnJCKhMAgA4BaJQBOmUDX/wKFwAP7tIfmVf2P5BXXXpdSjpRHH/kp+UPBlcm/95Py8GVyW9glAAAA=',
    'base64',
  );

/**
 * Reads one picture and makes its forms, in a thread of its own: what comes from outside is decoded beside the doors and not in their way,
 * and its memory goes with the thread. Bundles have it as a file beside the service's own.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import decodeJpeg, { init as initJpeg } from '@jsquash/jpeg/decode.js';
import decodePng, { init as initPng } from '@jsquash/png/decode.js';
import decodeWebp, { init as initWebp } from '@jsquash/webp/decode.js';
import encodeWebp, { init as initEncoder } from '@jsquash/webp/encode.js';
import { imageSize } from 'image-size';
import { imageLimits, type UploadType } from '../../contracts/http/catalogue/product-image-api.ts';
import type { ContentFault } from '../domain/image-refusals.ts';
import { jpegSize } from '../domain/jpeg-size.ts';
import { formWidths } from '../domain/product-image.ts';
import { type Pixels, shrinkPixels } from '../domain/shrink-pixels.ts';

export type ImageTask = { readonly content: Uint8Array; readonly type: UploadType };

export type MadeImage = {
  /** Pixels of the largest form. */
  readonly width: number;
  readonly height: number;
  /** In WebP without any metadata, by rising width. */
  readonly forms: readonly { readonly width: number; readonly content: Uint8Array }[];
};

export type ImageOutcome = { readonly made: MadeImage } | { readonly fault: ContentFault };

/** Of WebP, from 0 to 100; 80 shows no loss on a page. */
const quality = 80;

/** Codecs look for the browser's class; this is all that they ask of it. */
class PlainPixels implements Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}
Object.assign(globalThis, { ImageData: PlainPixels });

/** WebAssembly of a package: beside the file in a bundle, else where the package is. */
const bytesOf = (file: string): Promise<Buffer> => {
  const isBundled = !import.meta.url.endsWith('.ts');
  const url = isBundled ? new URL(file.replace(/^.*\//, ''), import.meta.url) : import.meta.resolve(file);
  return readFile(fileURLToPath(url));
};

/** What a codec needs to begin; what it prints of broken content is of no use to anybody. */
const silently = async (file: string) => ({
  wasmBinary: await bytesOf(file),
  print: () => undefined,
  printErr: () => undefined,
});

/** By media type: the name that image-size has for it, and what decodes it. */
const codecs: Readonly<Record<UploadType, { readonly name: string; decode(content: ArrayBuffer): Promise<Pixels> }>> = {
  'image/jpeg': {
    name: 'jpg',
    decode: async (content) => {
      await initJpeg(await silently('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'));
      return decodeJpeg(content, { preserveOrientation: true });
    },
  },
  'image/png': {
    name: 'png',
    decode: async (content) => {
      await initPng(await bytesOf('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'));
      return decodePng(content);
    },
  },
  'image/webp': {
    name: 'webp',
    decode: async (content) => {
      await initWebp(await silently('@jsquash/webp/codec/dec/webp_dec.wasm'));
      return decodeWebp(content);
    },
  },
};

/** What the first bytes say, before anything is decoded; undefined where they are no picture that is known. */
const measured = (content: Uint8Array) => {
  const jpeg = jpegSize(content);
  if (jpeg) return { ...jpeg, type: codecs['image/jpeg'].name };
  try {
    const size = imageSize(content);
    // A JPEG that it alone finds a size in is none that a decoder would read so.
    return size.type === codecs['image/jpeg'].name ? undefined : size;
  } catch {
    return undefined;
  }
};

const make = async ({ content, type }: ImageTask): Promise<ImageOutcome> => {
  const codec = codecs[type];
  const size = measured(content);
  if (size?.type !== codec.name) return { fault: 'image.type-differs' };
  if (!(size.width > 0 && size.height > 0)) return { fault: 'image.unreadable' };
  if (Math.max(size.width, size.height) > imageLimits.side || size.width * size.height > imageLimits.pixels)
    return { fault: 'image.too-many-pixels' };
  let pixels: Pixels;
  try {
    pixels = await codec.decode(new Uint8Array(content).buffer);
  } catch {
    return { fault: 'image.unreadable' };
  }
  await initEncoder(await silently('@jsquash/webp/codec/enc/webp_enc_simd.wasm'));
  const forms = [];
  // From the largest down, each from the one before: only the first looks at every pixel.
  for (const width of formWidths(pixels.width).toReversed()) {
    pixels = shrinkPixels(pixels, width);
    const { data, width: encodedWidth, height } = pixels;
    const encoded = await encodeWebp({ data, width: encodedWidth, height } as never, { quality });
    forms.unshift({ width, height, content: new Uint8Array(encoded) });
  }
  const { width, height } = forms.at(-1) as { width: number; height: number };
  return { made: { width, height, forms } };
};

parentPort?.postMessage(await make(workerData as ImageTask));

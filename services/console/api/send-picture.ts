/** Sends a picture of a product to where the shop says: begun at its door, sent by a signed request, finished at its door. */
import type { Product } from '../../contracts/http/catalogue/product-api.ts';
import type { UploadType } from '../../contracts/http/catalogue/product-image-api.ts';
import { shop } from './shop.ts';

/** What a page may name in a file field. */
export const acceptedTypes = 'image/jpeg,image/png,image/webp';

/** As the contract has it; the schemas beside it are no part of a page. */
const most = { bytes: 8 * 1024 * 1024, pixels: 8_000_000, side: 10_000 };

/** A picture sent by a page that is closed meanwhile is forgotten by the shop. */
const sentWithinMs = 240_000;

/** The file, or the same picture in as many pixels as the shop takes: what comes from a camera often has more. */
const fitted = async (file: Blob): Promise<Blob> => {
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) throw new Error('This file cannot be read as a picture. Choose a JPEG, PNG or WebP.');
  const { width, height } = picture;
  const scale = Math.min(Math.sqrt(most.pixels / (width * height)), most.side / Math.max(width, height));
  if (scale >= 1 && file.size <= most.bytes && acceptedTypes.split(',').includes(file.type)) return file;
  const [fitWidth, fitHeight] = [width, height].map((side) => Math.max(1, Math.floor(side * Math.min(scale, 1))));
  const canvas = new OffscreenCanvas(fitWidth as number, fitHeight as number);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
};

const sha256Of = async (content: ArrayBuffer): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', content)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

type Signed = { readonly method: string; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** By XMLHttpRequest, which tells how far it is; `fetch` does not. */
const send = ({ method, url, headers }: Signed, content: ArrayBuffer, onProgress: (share: number) => void) =>
  new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.timeout = sentWithinMs;
    request.upload.onprogress = ({ loaded }) => onProgress(loaded / content.byteLength);
    const failed = () => reject(new Error('The picture did not arrive. Look at the connection, and send it again.'));
    request.onload = () => (request.status === 200 ? resolve() : failed());
    request.onerror = failed;
    request.ontimeout = failed;
    request.send(content);
  });

/** @param onProgress is told what share of the picture was sent, from 0 to 1 */
export const sendPicture = async (
  { id, file, alt }: { readonly id: string; readonly file: Blob; readonly alt: string },
  onProgress: (share: number) => void,
): Promise<Product> => {
  const picture = await fitted(file);
  const content = await picture.arrayBuffer();
  const { products } = await shop();
  const { id: upload, upload: signed } = await products.beginImage({
    params: { id },
    body: {
      type: picture.type as UploadType,
      bytes: content.byteLength,
      sha256: await sha256Of(content),
      alt,
    },
  });
  await send(signed, content, onProgress);
  return products.finishImage({ params: { id, upload } });
};

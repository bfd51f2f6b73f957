import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { imageSize } from 'image-size';
import { imageLimits } from '../../contracts/http/catalogue/product-image-api.ts';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { aHidingJpeg, aJpeg, aPng, aWebp } from '../testing/pictures.ts';
import { startProduct, type TestProduct } from '../testing/product-fixtures.ts';
import { sha256Of, uploadingStaff } from '../testing/uploading-staff.ts';

let shop: TestProduct;
let staff: ReturnType<typeof uploadingStaff>;
const clock = fakeClock();
beforeAll(async () => {
  shop = await startProduct({ clock });
  staff = uploadingStaff(shop);
});
afterAll(() => shop.stop());

const find = async (id: string) => (await staff.ask('GET', `/products/${id}`)).body;
/** Asks the service itself for what a page would ask the shop for. */
const look = (url: string, headers: Record<string, string> = {}) =>
  shop.http.inject({ url: url.replace('/api/v1', ''), headers });
const objects = async (folder: 'images' | 'uploads') =>
  (await readdir(path.join(shop.folder, folder)).catch(() => [])).toSorted();

describe('a picture that staff upload', () => {
  it('is shown in place of the poster, in the widths that it has, for ever, and bears nothing but its pixels', async () => {
    const id = await shop.create();
    const content = aPng(700, 1000);
    const { status, body, upload } = await staff.add(id, content, { alt: ' Front  of the box ' });
    expect([status, body.version]).toEqual([200, 2]);
    const url = `/api/v1/products/${id}/image?v=${sha256Of(content)}`;
    const image = { name: sha256Of(content), alt: 'Front  of the box', width: 700, height: 1000, url };
    expect(body.images).toEqual([{ ...image, widths: [300, 600, 700] }]);
    expect(body.imageUrl).toBe(url);
    expect(await find(id)).toEqual(body);
    for (const [asked, width] of [
      [90, 300],
      [300, 300],
      [600, 600],
      [1200, 700],
    ]) {
      const answer = await look(`${url}&width=${asked}`);
      expect(answer.headers).toMatchObject({
        'content-type': 'image/webp',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      });
      expect(imageSize(answer.rawPayload)).toMatchObject({ type: 'webp', width });
      expect(answer.rawPayload.includes('home')).toBe(false);
    }
    const answer = await look(url);
    expect((await look(url, { 'if-none-match': String(answer.headers.etag) })).statusCode).toBe(304);
    const first = await look(`/products/${id}/image?width=600`);
    expect([first.headers['content-type'], first.headers['cache-control']]).toEqual(['image/webp', 'public, no-cache']);
    expect(await objects('uploads')).not.toContain(upload);
  });

  it('is turned as its EXIF says, which goes, and is never made larger', async () => {
    const id = await shop.create();
    const { body } = await staff.add(id, aJpeg(), { type: 'image/jpeg' });
    expect(body.images[0]).toMatchObject({ width: 16, height: 24, widths: [16] });
    const { rawPayload } = await look(body.imageUrl);
    expect([imageSize(rawPayload).width, rawPayload.includes('Exif'), rawPayload.includes('home')]).toEqual([
      16,
      false,
      false,
    ]);
  });

  it('may be a WebP, and be what lists and suggestions show', async () => {
    const id = await shop.create({ title: 'Zazie dans le métro' });
    const { body } = await staff.add(id, aWebp(), { type: 'image/webp' });
    const { items } = (await look('/products?q=zazie')).json();
    expect([items[0].imageUrl, items[0].images]).toEqual([body.imageUrl, body.images]);
    expect((await look('/products/suggest?q=zazie')).json().items[0].imageUrl).toBe(body.imageUrl);
  });

  it('becomes one picture however often it is finished, at once or later, or uploaded', async () => {
    const id = await shop.create();
    const content = aPng(20, 30);
    const { body } = await staff.begin(id, content);
    await staff.send(body, content);
    const answers = await Promise.all([staff.finish(id, body.id), staff.finish(id, body.id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const again = await staff.finish(id, body.id);
    const other = await staff.add(id, content, { alt: 'The same again' });
    expect([again.status, other.status, (await staff.finish(id, other.upload)).status]).toEqual([200, 200, 200]);
    expect(other.body).toMatchObject({ version: 2, images: [{ alt: 'Front of the box' }] });
    expect(other.body.images).toHaveLength(1);
  });
});

describe('an upload is refused', () => {
  const refusedBody = async (parts: object) => {
    const { status, body } = await staff.begin(await shop.create(), aPng(2, 2), parts);
    return [status, body.code, body.errors?.[0]?.path];
  };

  it.each([
    [{ type: 'image/gif' }, 'type'],
    [{ type: 'image/svg+xml' }, 'type'],
    [{ bytes: 0 }, 'bytes'],
    [{ bytes: imageLimits.bytes + 1 }, 'bytes'],
    [{ sha256: 'A'.repeat(64) }, 'sha256'],
    [{ alt: ' ' }, 'alt'],
    [{ alt: 'x'.repeat(301) }, 'alt'],
    [{ key: 'images/other' }, 'key'],
  ])('before it begins: %j', async (parts, field) => {
    expect(await refusedBody(parts)).toEqual([400, 'request.invalid', field]);
  });

  it('of a product that is not there, or was removed', async () => {
    const id = await shop.create();
    const content = aPng(2, 2);
    const { body } = await staff.begin(id, content);
    await staff.send(body, content);
    await staff.ask('DELETE', `/products/${id}`);
    const answers = [await staff.begin(id, content), await staff.finish(id, body.id)];
    expect(answers.map((answer) => [answer.status, answer.body.code])).toEqual([
      [404, 'product.unknown'],
      [404, 'product.unknown'],
    ]);
  });

  const begun = async (content: Buffer, parts: object = {}) => {
    const id = await shop.create();
    const { body } = await staff.begin(id, content, parts);
    return { id, upload: body, finish: () => staff.finish(id, body.id), send: () => staff.send(body, content) };
  };

  it('that was not sent, is told so, and may be sent then', async () => {
    const { finish, send } = await begun(aPng(2, 2));
    const early = await finish();
    expect([early.status, early.body.code]).toEqual([409, 'image.not-uploaded']);
    await send();
    expect((await finish()).status).toBe(200);
  });

  it('under the name of another product', async () => {
    const { id, upload, send } = await begun(aPng(2, 2));
    await send();
    const other = await staff.finish(await shop.create(), upload.id);
    expect([other.status, other.body.code]).toEqual([404, 'image.upload-unknown']);
    const never = await staff.finish(id, shop.ids.next('upl'));
    expect([never.status, never.body.code]).toEqual([404, 'image.upload-unknown']);
  });

  it('after its quarter of an hour', async () => {
    const { finish, send } = await begun(aPng(2, 2));
    await send();
    clock.advance(900_001);
    const late = await finish();
    expect([late.status, late.body.code]).toEqual([409, 'image.upload-expired']);
  });

  it.each([
    ['a page that says it is a picture', Buffer.from('<svg onload=alert(1)>'), 'image/png', 'image.type-differs'],
    ['a PNG that says it is a JPEG', aPng(2, 2), 'image/jpeg', 'image.type-differs'],
    ['a picture that ends in its middle', aPng(400, 400).subarray(0, 90), 'image/png', 'image.unreadable'],
    [
      'a few bytes that unfold to 900 megapixels',
      aPng(2, 2, { claims: [30_000, 30_000] }),
      'image/png',
      'image.too-many-pixels',
    ],
    ['a JPEG that hides how many pixels it has', aHidingJpeg(20_000, 20_000), 'image/jpeg', 'image.too-many-pixels'],
    ['a line of 10,001 pixels', aPng(10_001, 1), 'image/png', 'image.too-many-pixels'],
    ['a picture of no pixels', aPng(2, 2, { claims: [0, 2] }), 'image/png', 'image.unreadable'],
  ])('for its content: %s', async (_, content, type, code) => {
    const { id, upload, finish, send } = await begun(content, { type });
    expect(await send()).toBe(200);
    const refused = await finish();
    expect([refused.status, refused.body.code]).toEqual([422, code]);
    expect((await find(id)).images).toEqual([]);
    expect(await objects('uploads')).not.toContain(upload.id);
    const again = await finish();
    expect([again.status, again.body.code]).toEqual([404, 'image.upload-unknown']);
  });

  it('beyond eight pictures of a product, and nothing is stored of the ninth', async () => {
    const id = await shop.create();
    const late = await staff.begin(id, aPng(9, 9));
    await staff.send(late.body, aPng(9, 9));
    for (let at = 1; at <= imageLimits.ofProduct; at += 1) await staff.add(id, aPng(at, 1));
    const ninth = await staff.begin(id, aPng(10, 1));
    const finished = await staff.finish(id, late.body.id);
    expect([ninth, finished].map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'image.too-many'],
      [409, 'image.too-many'],
    ]);
    expect((await find(id)).images).toHaveLength(imageLimits.ofProduct);
    expect((await objects('images')).filter((file) => file.startsWith(late.body.id))).toEqual([]);
  });

  it('beyond ten that one member of staff has begun, until they end, and nobody else is held up', async () => {
    const id = await shop.create();
    const busy = uploadingStaff(shop, await shop.newStaff());
    const answers = await Promise.all(Array.from({ length: 12 }, () => busy.begin(id, aPng(3, 3))));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(10).fill(201), 429, 429]);
    expect(answers.find(({ status }) => status === 429)?.body.code).toBe('image.too-many-begun');
    expect((await staff.begin(id, aPng(3, 3))).status).toBe(201);
    clock.advance(900_001);
    expect((await busy.begin(id, aPng(3, 3))).status).toBe(201);
  });
});

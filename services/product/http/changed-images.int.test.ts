import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createFolderStore } from '../../kit/objects/folder-store.ts';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { createImageRepository } from '../storage/image-repository.ts';
import { aPng } from '../testing/pictures.ts';
import { startProduct, type TestProduct } from '../testing/product-fixtures.ts';
import { sha256Of, uploadingStaff } from '../testing/uploading-staff.ts';
import { removeUnusedImages } from '../use-cases/remove-unused-images.ts';

let shop: TestProduct;
let staff: ReturnType<typeof uploadingStaff>;
const clock = fakeClock();
beforeAll(async () => {
  shop = await startProduct({ clock });
  staff = uploadingStaff(shop);
});
afterAll(() => shop.stop());

const [one, two, three] = [1, 2, 3].map((size) => aPng(size, 1)) as [Buffer, Buffer, Buffer];
const names = [one, two, three].map(sha256Of);

/** A product with three pictures. */
const aShownProduct = async () => {
  const id = await shop.create();
  for (const content of [one, two, three]) await staff.add(id, content);
  return id;
};
const find = async (id: string) => (await staff.ask('GET', `/products/${id}`)).body;
const shown = async (id: string) => (await find(id)).images.map(({ name, alt }) => [name, alt]);
const codeOf = ({ status, body }: { status: number; body: { code: string } }) => [status, body.code];

const objects = async (uploadId: string) => {
  const files = await readdir(shop.folder, { recursive: true });
  return files.filter((file) => file.includes(uploadId)).toSorted();
};
const sweep = () =>
  removeUnusedImages({
    images: createImageRepository(shop.database),
    objects: createFolderStore({ folder: shop.folder, origin: 'http://127.0.0.1:1', clock }),
    clock,
  });

describe('pictures of a product', () => {
  it('are put into another order, each with what it shows, by whoever knows the present version', async () => {
    const id = await aShownProduct();
    const list = names.map((name, at) => ({ name, alt: `Picture ${at}` })).toReversed();
    const { status, body } = await staff.ask('PATCH', `/products/${id}/images`, { images: list, version: 4 });
    expect([status, body.version, body.imageUrl]).toEqual([200, 5, body.images[0]?.url]);
    expect(await shown(id)).toEqual(list.map(({ name, alt }) => [name, alt]));
    const stale = await staff.ask('PATCH', `/products/${id}/images`, { images: list, version: 4 });
    expect(codeOf(stale)).toEqual([409, 'product.changed']);
  });

  it('are arranged as a whole: a list that lacks one or names another is refused with both', async () => {
    const id = await aShownProduct();
    const before = await shown(id);
    const known = names.map((name) => ({ name, alt: 'x' }));
    const strange = { name: 'f'.repeat(64), alt: 'x' };
    for (const images of [known.slice(1), [...known, strange], [strange, ...known.slice(1)], []]) {
      const refused = await staff.ask('PATCH', `/products/${id}/images`, { images });
      expect(codeOf(refused)).toEqual([409, 'image.list-differs']);
      expect(refused.body).toMatchObject({ actual: { images: names } });
    }
    const doubled = await staff.ask('PATCH', `/products/${id}/images`, { images: [...known, known[0]] });
    expect(codeOf(doubled)).toEqual([400, 'request.invalid']);
    expect(await shown(id)).toEqual(before);
  });

  it('are removed one by one; the others stay, and an address of one that is gone shows what is there', async () => {
    const id = await aShownProduct();
    const [first] = (await find(id)).images;
    const { status } = await staff.ask('DELETE', `/products/${id}/images/${first?.name}`);
    expect([status, (await shown(id)).map(([name]) => name)]).toEqual([204, names.slice(1)]);
    const again = await staff.ask('DELETE', `/products/${id}/images/${first?.name}`);
    expect(codeOf(again)).toEqual([404, 'image.unknown']);
    const old = await shop.http.inject({ url: String(first?.url).replace('/api/v1', '') });
    expect([old.headers['content-type'], old.headers['cache-control']]).toEqual(['image/webp', 'public, no-cache']);
  });

  it('leave the poster when the last of them goes, and come back when it is sent again', async () => {
    const id = await shop.create();
    const poster = (await find(id)).imageUrl;
    await staff.add(id, one);
    await staff.ask('DELETE', `/products/${id}/images/${names[0]}`);
    expect(await find(id)).toMatchObject({ imageUrl: poster, images: [], version: 3 });
    await staff.add(id, one);
    clock.advance(3_600_000 * 2);
    await sweep();
    const { imageUrl } = await find(id);
    const answer = await shop.http.inject({ url: imageUrl.replace('/api/v1', '') });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'image/webp']);
  });

  it('keep their poster where an object is lost, and nobody keeps that for the picture', async () => {
    const id = await shop.create();
    const { body } = await staff.add(id, one);
    await rm(path.join(shop.folder, 'images'), { recursive: true });
    const answer = await shop.http.inject({ url: body.imageUrl.replace('/api/v1', '') });
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'image/svg+xml',
      'public, no-cache',
    ]);
  });

  it('keep what staff say about the product, and are kept by it', async () => {
    const id = await shop.create();
    const { body } = await staff.add(id, one);
    const changed = await staff.ask('PATCH', `/products/${id}`, { title: 'Anew' });
    expect([changed.body.images, changed.body.title]).toEqual([body.images, 'Anew']);
  });
});

describe('a picture that is finished twice at once', () => {
  it('is not shown again where it was removed in between: its objects are going', async () => {
    const id = await shop.create();
    const { upload, body } = await staff.add(id, one);
    await staff.ask('DELETE', `/products/${id}/images/${names[0]}`);
    const image = { ...(body.images[0] as (typeof body.images)[0]), upload };
    const late = createImageRepository(shop.database).change(id, { at: clock.now(), actor: 'nobody' }, () => ({
      images: [image],
      stored: upload,
      unused: [],
    }));
    await expect(late).rejects.toMatchObject({ code: 'image.upload-unknown' });
    expect(await shown(id)).toEqual([]);
  });
});

describe('what nobody needs in the bucket', () => {
  it('is removed also where it came by an address that was good when its upload was given up', async () => {
    const id = await shop.create();
    const content = Buffer.from('no picture');
    const { body } = await staff.begin(id, content);
    await staff.send(body, content);
    expect((await staff.finish(id, body.id)).body.code).toBe('image.type-differs');
    expect(await sweep()).toBe(0);
    expect(await staff.send(body, content)).toBe(200);
    clock.advance(3_600_000 + 900_001);
    await sweep();
    expect(await objects(body.id)).toEqual([]);
  });

  it('is removed an hour after its end: what was never finished, and what was removed, with its product or alone', async () => {
    const id = await aShownProduct();
    const other = await shop.create();
    const never = await staff.begin(id, aPng(7, 7));
    await staff.send(never.body, aPng(7, 7));
    const { upload: alone } = await staff.add(other, aPng(8, 8));
    const { upload: kept } = await staff.add(other, aPng(9, 9));
    const { upload: gone } = await staff.add(id, aPng(6, 6));
    await staff.ask('DELETE', `/products/${other}/images/${sha256Of(aPng(8, 8))}`);
    await staff.ask('DELETE', `/products/${id}`);
    expect(await sweep()).toBe(0);
    clock.advance(3_600_000 + 900_001);
    await sweep();
    for (const upload of [never.body.id, alone, gone]) expect(await objects(upload)).toEqual([]);
    expect(await objects(kept)).toEqual([`images/${kept}-0.webp`]);
    expect(await sweep()).toBe(0);
  });

  it('is removed where a process was killed after it stored a picture and before it said so', async () => {
    const id = await shop.create();
    const content = aPng(11, 11);
    const { body } = await staff.begin(id, content);
    await staff.send(body, content);
    const left = createFolderStore({ folder: shop.folder, origin: 'http://127.0.0.1:1', clock });
    await left.write(`images/${body.id}-0.webp`, Buffer.from('half of the work'), 'image/webp');
    expect(await objects(body.id)).toHaveLength(2);
    clock.advance(3_600_000 + 900_001);
    await sweep();
    expect(await objects(body.id)).toEqual([]);
  });

  it('does not hinder that such an upload is finished after all', async () => {
    const id = await shop.create();
    const content = aPng(12, 12);
    const { body } = await staff.begin(id, content);
    await staff.send(body, content);
    const left = createFolderStore({ folder: shop.folder, origin: 'http://127.0.0.1:1', clock });
    await left.write(`images/${body.id}-0.webp`, Buffer.from('half of the work'), 'image/webp');
    const { body: product } = await staff.finish(id, body.id);
    const answer = await shop.http.inject({ url: product.imageUrl.replace('/api/v1', '') });
    expect(answer.rawPayload.subarray(8, 12).toString()).toBe('WEBP');
  });

  it('goes also where what was sent could not be removed when its picture was stored', async () => {
    const id = await shop.create();
    const content = aPng(13, 13);
    const { upload } = await staff.add(id, content);
    const left = createFolderStore({ folder: shop.folder, origin: pathToFileURL(shop.folder).href, clock });
    await left.write(`uploads/${upload}`, content, 'image/png');
    clock.advance(3_600_000 + 900_001);
    await sweep();
    expect(await objects(upload)).toEqual([`images/${upload}-0.webp`]);
  });
});

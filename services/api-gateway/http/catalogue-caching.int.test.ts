import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { knownProduct, picture } from '../testing/http-peer.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const ask = (path: string, headers: Record<string, string> = {}) =>
  gateway.http.inject({ url: `/api/v1${path}`, headers });

describe('what is the same for everybody', () => {
  it.each([
    ['/products', 'public, no-cache'],
    [`/products/${knownProduct}`, 'public, no-cache'],
    ['/categories', 'public, max-age=60'],
    [`/products/${knownProduct}/image`, 'public, no-cache'],
  ])('%s may be kept, and is not sent twice', async (path, cacheControl) => {
    const first = await ask(path);
    expect([first.statusCode, first.headers['cache-control']]).toEqual([200, cacheControl]);
    const again = await ask(path, { 'if-none-match': String(first.headers.etag) });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', first.headers.etag]);
    expect(gateway.peer.received.at(-1)?.headers['if-none-match']).toBe(first.headers.etag);
  });

  it('is answered 304 where only the service behind knows that nothing changed', async () => {
    const answer = await ask(`/products/${knownProduct}/image`, { 'if-none-match': '"kept by the peer"' });
    expect([answer.statusCode, answer.headers.etag, answer.body]).toEqual([304, '"kept by the peer"', '']);
  });

  it('comes through byte by byte when it is a picture, whoever shows it', async () => {
    const answer = await ask(`/products/${knownProduct}/image?width=600&v=1`);
    expect(answer.rawPayload.equals(picture)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/svg+xml',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(gateway.peer.received.at(-1)?.url).toBe(`/products/${knownProduct}/image?width=600&v=1`);
  });

  it('is refused like anything else, and the refusal is kept by nobody', async () => {
    const answer = await ask('/products/prd_01jf0000000000000000000002');
    expect([answer.statusCode, answer.json().code, answer.headers['cache-control']]).toEqual([
      404,
      'product.unknown',
      'no-store',
    ]);
  });
});

it('pictures have a limit of their own, ten times that of other requests', async () => {
  const small = await startGateway({ RATE_LIMIT_PER_MINUTE: 2 });
  const statuses = async (path: string, times: number) => {
    const answers: number[] = [];
    for (let count = 0; count < times; count += 1)
      answers.push((await small.http.inject({ url: `/api/v1${path}` })).statusCode);
    return answers;
  };
  try {
    const path = `/products/${knownProduct}/image`;
    expect(await statuses(path, 21)).toEqual([...Array(20).fill(200), 429]);
    expect(await statuses('/categories', 3)).toEqual([200, 200, 429]);
  } finally {
    await small.stop();
  }
});

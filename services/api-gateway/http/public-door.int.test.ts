import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemSchema } from '../../contracts/http/problem.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ ALLOWED_ORIGINS: ['https://shop.example'] }, { trustedProxies: ['10.9.0.0/24'] });
});
afterAll(() => gateway.stop());

/** `GET /orders/:id` lines out of fastify's own picture of its routes, which also knows those that OpenAPI hides. */
const servedRoutes = (): string[] => {
  const path: string[] = [];
  return gateway.http
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .filter((line) => line.includes('──'))
    .flatMap((line) => {
      const depth = line.indexOf('──') / 4;
      const [, segment = '', methods = ''] = /── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
      path.splice(Math.floor(depth), path.length, segment);
      return methods
        .split(', ')
        .filter((method) => method !== '' && method !== 'HEAD')
        .map((method) => `${method} ${path.join('')}`);
    });
};

/** Parameters without their names: where two routes call one differently, the picture of the routes has both. */
const nameless = (route: string) => route.replaceAll(/:\w+(\|:\w+)*/g, ':');

describe('what is served', () => {
  it('is what OpenAPI describes, both ways, beside the description itself', async () => {
    const document = (await gateway.http.inject('/openapi.json')).json() as {
      paths: Record<string, Record<string, unknown>>;
    };
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const hidden = [
      ...['GET /', 'GET /openapi.json', 'GET /docs', 'GET /docs/', 'GET /docs/:version/page.js', 'OPTIONS *'],
      // A page for people, at the address that mail programs post to.
      'GET /api/v1/mails/unsubscribe',
    ];
    expect(described.length).toBeGreaterThan(30);
    expect([...described, ...hidden].map(nameless).toSorted()).toEqual(servedRoutes().map(nameless).toSorted());
  });

  it('is shown on a page that loads nothing from elsewhere', async () => {
    const page = await gateway.http.inject('/docs');
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, expect.stringContaining('text/html')]);
    expect(page.body).not.toMatch(/(src|href)="https?:/);
  });

  it('leads whoever opens the bare address to that page, and says so to whom does not follow', async () => {
    const answer = await gateway.http.inject('/');
    expect([answer.statusCode, answer.headers.location]).toEqual([302, '/docs']);
    expect(answer.body).toBe('The API of this shop is described at /docs.\n');
  });

  it('shows what a buyer needs first and what probes need last', async () => {
    const { paths, tags } = (await gateway.http.inject('/openapi.json')).json() as {
      paths: Record<string, Record<string, { tags: string[] }>>;
      tags: { name: string; description: string }[];
    };
    const groups = [
      'products',
      'cart',
      'orders',
      'accounts',
      'assistant',
      'payments',
      'reconciliations',
      'staff',
      'discovery',
      'operations',
    ];
    expect(tags.map(({ name }) => name)).toEqual(groups);
    const shown = Object.values(paths).flatMap((path) => Object.values(path).flatMap((operation) => operation.tags));
    expect([...new Set(shown)]).toEqual(groups);
    for (const { description } of tags) expect(description).toMatch(/^[A-Z].*\.$/);
  });

  it('tells browsers where the API is and others which keys sign its tokens', async () => {
    expect((await gateway.http.inject('/config.json')).json()).toEqual({
      api: '/api/v1',
      assistant: '/api/ai',
      environment: 'staging',
    });
    expect((await gateway.http.inject('/.well-known/jwks.json')).json()).toEqual(gateway.tokens.jwks);
  });
});

describe('caches on the way', () => {
  it('may keep what is for everybody, and nothing that holds a token or belongs to one person', async () => {
    const { headers } = await gateway.users.signIn();
    const cacheControl = async (method: 'GET' | 'POST', url: string, payload?: object) =>
      (await gateway.http.inject({ method, url: `/api/v1${url}`, headers, ...(payload && { payload }) })).headers[
        'cache-control'
      ];
    expect(await cacheControl('GET', '/products')).toBe('public, no-cache');
    for (const url of ['/me', '/cart', '/orders']) expect(await cacheControl('GET', url)).toBe('no-store');
    expect(await cacheControl('POST', '/auth/login', { email: 'a@example.com', password: 'x' })).toBe('no-store');
  });
});

describe('browsers from other pages', () => {
  const preflight = (origin: string) =>
    gateway.http.inject({
      method: 'OPTIONS',
      url: '/api/v1/orders',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });

  it('may call from a listed origin', async () => {
    const answer = await preflight('https://shop.example');
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-credentials': 'true',
    });
    expect(answer.statusCode).toBe(204);
  });

  it('may not call from any other', async () => {
    for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'null'])
      expect((await preflight(origin)).headers['access-control-allow-origin']).toBeUndefined();
  });

  it('are told to be careful by headers', async () => {
    const { headers } = await gateway.http.inject('/api/v1/products');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.any(String),
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  });
});

describe('limits', () => {
  const statusesOf = async (count: number, call: () => Promise<{ statusCode: number }>) => {
    const statuses: number[] = [];
    for (let i = 0; i < count; i += 1) statuses.push((await call()).statusCode);
    return statuses;
  };

  it('count requests by address until there are too many, and say when to come again', async () => {
    const limited = await startGateway({ RATE_LIMIT_PER_MINUTE: 5 });
    const ask = (remoteAddress: string) => limited.http.inject({ url: '/api/v1/products', remoteAddress });
    expect(await statusesOf(5, () => ask('192.0.2.1'))).toEqual([200, 200, 200, 200, 200]);
    const refused = await ask('192.0.2.1');
    expect([refused.statusCode, problemSchema.parse(refused.json()).code]).toEqual([429, 'request.too-many']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask('192.0.2.2')).statusCode).toBe(200);
    await limited.stop();
  });

  it('count a customer as one, wherever the requests come from, and not against the address', async () => {
    const limited = await startGateway({ RATE_LIMIT_PER_MINUTE: 3 });
    const { headers } = await limited.users.signIn();
    const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'];
    const ask = () => limited.http.inject({ url: '/api/v1/me', headers, remoteAddress: addresses.shift() ?? '' });
    expect(await statusesOf(4, ask)).toEqual([200, 200, 200, 429]);
    expect((await limited.http.inject({ url: '/api/v1/products', remoteAddress: '192.0.2.1' })).statusCode).toBe(200);
    await limited.stop();
  });

  it('count log-ins and registrations of an address together, apart from everything else, refreshes too', async () => {
    const limited = await startGateway({ LOGIN_LIMIT_PER_MINUTE: 3 });
    const post = (url: string, payload: object) =>
      limited.http.inject({ method: 'POST', url: `/api/v1/auth/${url}`, payload });
    const attempts = [
      await post('login', { email: 'a@example.com', password: 'x' }),
      await post('refresh', { refreshToken: 'x' }),
      await post('login', { email: 'a@example.com', password: 'x' }),
      await post('register', { email: 'a@example.com', password: 'a long password', name: 'A' }),
      await post('login', { email: 'a@example.com', password: 'x' }),
      await post('refresh', { refreshToken: 'x' }),
    ];
    expect(attempts.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 201, 429, 401]);
    expect((await limited.http.inject('/api/v1/products')).statusCode).toBe(200);
    await limited.stop();
  });

  it('let hundreds of requests from one address through when they are raised', async () => {
    const before = gateway.peer.received.length;
    const answers = await Promise.all(Array.from({ length: 300 }, () => gateway.http.inject('/api/v1/categories')));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(gateway.peer.received.length - before).toBe(300);
  });
});

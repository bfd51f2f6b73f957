import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openCache } from '../../kit/cache/open-cache.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { type RedisServer, startRedis } from '../../kit/testing/redis-server.ts';
import { testTokens } from '../../kit/testing/tokens.ts';
import { manifest } from '../manifest.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

const budget = 10;

let redis: RedisServer;
let gateways: readonly [RunningGateway, RunningGateway];
beforeAll(async () => {
  redis = await startRedis({ services: [manifest] });
});
afterAll(() => redis.kill());
beforeEach(async () => {
  const tokens = await testTokens();
  const start = () =>
    startGateway(
      { RATE_LIMIT_PER_MINUTE: budget },
      // A crowded machine is not a broken cache; a frozen one is given up after its first second of silence all the same.
      { cache: openCache(redis.urlOf(manifest), { namespace: manifest.name, commandDeadlineMs: 1_500 }), tokens },
    );
  gateways = [await start(), await start()];
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
});

let addresses = 0;
/** Somebody whom no gateway has seen. */
const newAddress = () => {
  addresses += 1;
  return `10.0.${addresses >> 8}.${addresses & 255}`;
};

type Asker = { readonly remoteAddress: string; readonly headers?: Record<string, string> };

/** Status codes of requests to both gateways in turn. */
const askInTurn = async (requests: number, asker: Asker): Promise<number[]> => {
  const codes: number[] = [];
  for (let at = 0; at < requests; at += 1) {
    const { http } = gateways[at % 2] as RunningGateway;
    codes.push((await http.inject({ url: '/api/v1/categories', ...asker })).statusCode);
  }
  return codes;
};

const count = (codes: readonly number[], code: number) => codes.filter((each) => each === code).length;

/** The same story with a new asker until it fits into one window, because a window may end in the middle of it. */
const withinOneWindow = async (
  story: (asker: Asker) => Promise<number[]>,
  asker = () => ({ remoteAddress: newAddress() }),
) => {
  const minute = () => Math.floor(Date.now() / 60_000);
  for (;;) {
    const before = minute();
    const codes = await story(asker());
    if (minute() === before) return codes;
  }
};

const healthOf = async ({ http }: RunningGateway) => (await http.inject('/health')).json();

describe('the rate limit of two gateways with one Redis', () => {
  it('is one budget for an address, whichever gateway it asks', async () => {
    const codes = await withinOneWindow((asker) => askInTurn(2 * budget, asker));
    expect([count(codes, 200), count(codes, 429)]).toEqual([budget, budget]);
    expect(codes.slice(0, budget)).toEqual(Array(budget).fill(200));
  });

  it('is one budget for a person, wherever they come from', async () => {
    const codes = await withinOneWindow(async () => {
      const { headers } = await gateways[0].users.signIn();
      const seen: number[] = [];
      for (let at = 0; at < 2 * budget; at += 2)
        seen.push(...(await askInTurn(2, { remoteAddress: newAddress(), headers })));
      return seen;
    });
    expect([count(codes, 200), count(codes, 429)]).toEqual([budget, budget]);
  });

  it('is kept by each gateway alone while Redis is away, and by both together when it is back', async () => {
    await redis.kill();
    try {
      const codes = await withinOneWindow((asker) => askInTurn(4 * budget, asker));
      expect([count(codes, 200), count(codes, 429)]).toEqual([2 * budget, 2 * budget]);
      for (const gateway of gateways)
        expect(await healthOf(gateway)).toMatchObject({ status: 'degraded', checks: { cache: { status: 'down' } } });
    } finally {
      await redis.start();
    }
    for (const gateway of gateways)
      await eventually(async () => expect((await healthOf(gateway)).checks.cache.status).toBe('up'));
    const codes = await withinOneWindow((asker) => askInTurn(2 * budget, asker));
    expect([count(codes, 200), count(codes, 429)]).toEqual([budget, budget]);
  });

  it('holds while Redis accepts connections and is silent', async () => {
    redis.freeze();
    try {
      const codes = await withinOneWindow((asker) => askInTurn(4 * budget, asker));
      expect([count(codes, 200), count(codes, 429)]).toEqual([2 * budget, 2 * budget]);
    } finally {
      redis.thaw();
    }
  });
});

import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fakeClock } from '../testing/fake-clock.ts';
import { hangUp, listen } from '../testing/loopback.ts';
import { googleAccessTokens } from './google-access-token.ts';

const audience = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/aws/providers/shop';
const clock = fakeClock();

let server: Server;
let url: string;
let asked: { path: string; bearer: string | undefined; body: Record<string, unknown> }[];
let refusal: { status: number; body: unknown } | undefined;

beforeEach(async () => {
  asked = [];
  refusal = undefined;
  server = createServer(async (request, response) => {
    asked.push({
      path: request.url ?? '',
      bearer: request.headers.authorization,
      body: (await json(request)) as Record<string, unknown>,
    });
    const expireTime = new Date(clock.now().getTime() + 3_600_000).toISOString();
    const answer =
      request.url === '/v1/token'
        ? { access_token: `federated-${asked.length}`, expires_in: 3600 }
        : { accessToken: `acting-${asked.length}`, expireTime };
    response.writeHead(refusal?.status ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(refusal?.body ?? answer));
  });
  url = `http://127.0.0.1:${await listen(server)}`;
});
afterEach(() => hangUp(server));

const tokens = (serviceAccount?: string) =>
  googleAccessTokens({
    ...{ audience, serviceAccount, region: 'eu-west-1', now: clock.now, urls: { exchange: url, impersonate: url } },
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' },
  });

test('a request that only AWS can check is shown, signed with the audience, and no key', async () => {
  expect(await tokens()()).toBe('federated-1');
  const [{ body }] = asked as [(typeof asked)[number]];
  expect(body).toMatchObject({ audience, subjectTokenType: 'urn:ietf:params:aws:token-type:aws4_request' });
  const shown = JSON.parse(decodeURIComponent(String(body['subjectToken'])));
  expect(shown).toMatchObject({
    method: 'POST',
    url: 'https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15',
  });
  const headers = new Map<string, string>(
    shown.headers.map(({ key, value }: { key: string; value: string }) => [key, value]),
  );
  expect(headers.get('x-goog-cloud-target-resource')).toBe(audience);
  expect(headers.get('x-amz-security-token')).toBe('session');
  expect(headers.get('authorization')).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/sts\/aws4_request, SignedHeaders=[^,]*x-goog-cloud-target-resource/,
  );
  expect(JSON.stringify(asked)).not.toContain('"secret"');
});

test('a service account is acted as by the token of the pool', async () => {
  expect(await tokens('export@shop.iam.gserviceaccount.com')()).toBe('acting-2');
  expect(asked[1]).toMatchObject({
    path: '/v1/projects/-/serviceAccounts/export%40shop.iam.gserviceaccount.com:generateAccessToken',
    bearer: 'Bearer federated-1',
  });
});

test('a token is kept until shortly before its end', async () => {
  const token = tokens();
  expect(await token()).toBe('federated-1');
  expect(await token()).toBe('federated-1');
  clock.advance(3_400_000);
  expect(await token()).toBe('federated-2');
});

test('a refusal says who refused and why, and the next call asks again', async () => {
  const token = tokens();
  refusal = { status: 403, body: { error: 'unauthorized_client', error_description: 'the role is not trusted' } };
  await expect(token()).rejects.toThrow(/gave no token \(status 403\): the role is not trusted/);
  refusal = undefined;
  expect(await token()).toBe('federated-2');
});

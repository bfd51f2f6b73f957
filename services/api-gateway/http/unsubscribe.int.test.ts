/** What mail programs post for the one-click unsubscription of RFC 8058: a form, without cookies, origin or token of access. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';
import { knownLink } from '../testing/user-peer.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const form = 'application/x-www-form-urlencoded';
const post = (url: string, contentType?: string, payload = 'List-Unsubscribe=One-Click') =>
  gateway.http.inject({
    method: 'POST',
    url,
    ...(contentType && { headers: { 'content-type': contentType }, payload }),
  });
const door = `/api/v1/mails/unsubscribe?token=${knownLink}`;

it('is answered, as a form of either kind and without any, as often as it is sent', async () => {
  const kinds = [form, 'multipart/form-data; boundary=x', undefined];
  for (const kind of [...kinds, form]) expect((await post(door, kind)).statusCode).toBe(204);
});

it.each([
  ['a token of no link', door.replace(knownLink, 'x'.repeat(43)), form, 400, 'auth.link-invalid'],
  ['no token', '/api/v1/mails/unsubscribe', form, 400, 'request.invalid'],
  ['a form at another door', '/api/v1/cart/items', form, 415, undefined],
])('is refused with %s', async (_what, url, kind, status, code) => {
  const answer = await post(url, kind);
  expect(answer.statusCode).toBe(status);
  if (code) expect(answer.json()).toMatchObject({ code });
});

it('takes no form larger than one that says so', async () => {
  expect((await post(door, form, 'x'.repeat(2_000))).statusCode).toBe(413);
});

it.each([
  [
    'with the token where browsers keep it to themselves',
    `/api/v1/mails/unsubscribe?token=${knownLink}`,
    `/unsubscribe#${knownLink}`,
  ],
  ['without a token that is none', '/api/v1/mails/unsubscribe?token=<script>', '/unsubscribe'],
  ['without a token that is not there', '/api/v1/mails/unsubscribe', '/unsubscribe'],
])('leads who opens its address to the page of the shop, %s', async (_how, url, page) => {
  const answer = await gateway.http.inject({ method: 'GET', url });
  expect(answer.statusCode).toBe(303);
  expect(answer.headers.location).toBe(page);
});

import { createServer, type RequestListener } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { environments } from '../../lib/environments.ts';
import { hangUp, listen } from '../../services/kit/testing/loopback.ts';
import { signedInAsStaff } from './sign-in-as-staff.ts';

const [environment] = environments;
let said: string[];

beforeEach(() => {
  said = [];
  process.env['CLOUDMART_PASSWORD'] = 'correct horse battery staple';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env['CLOUDMART_PASSWORD'];
});

/** Signs in at a door that answers as it is told to, and asks for the health. */
const atDoor = async (answer: RequestListener) => {
  const door = createServer(answer);
  const url = `http://127.0.0.1:${await listen(door)}`;
  try {
    return await signedInAsStaff(
      { data: '/nonexistent', url, as: 'staff@shop.example', ...(environment && { environment }) },
      ({ operations }) => operations.health(),
    );
  } finally {
    await hangUp(door);
  }
};

const problem = (status: number, code: string): RequestListener => {
  const document = JSON.stringify({ type: 'about:blank', title: 'x', status, code, detail: 'The shop says why.' });
  return (_, response) => response.writeHead(status, { 'content-type': 'application/problem+json' }).end(document);
};

test('a shop that hangs up is named, with what to do, in one sentence', async () => {
  await expect(atDoor((request) => request.destroy())).rejects.toMatchObject({
    code: 'shop.no-answer',
    message: expect.stringMatching(/^POST http:\S+ got no answer: [^\n]*; see that http:\S+ is the address of [^\n]*$/),
  });
});

test('a shop that cannot answer keeps its code and says what to do', async () => {
  await expect(atDoor(problem(503, 'upstream.unavailable'))).rejects.toMatchObject({
    code: 'upstream.unavailable',
    message: expect.stringMatching(/The shop says why; see that [^\n]*kubectl[^\n]*get pods$/),
  });
});

test('a refusal is the last word of the shop, without advice about pods', async () => {
  await expect(atDoor(problem(401, 'auth.invalid-credentials'))).rejects.toThrow(/The shop says why\.$/);
});

test('whoever waits for longer than two seconds is told for what, once', async () => {
  const answer = problem(401, 'auth.invalid-credentials');
  const asked = atDoor(async (request, response) => {
    while (said.length === 0) await turn();
    answer(request, response);
  });
  await expect(asked).rejects.toThrow('auth.invalid-credentials');
  expect(said).toEqual([expect.stringMatching(/^waiting for the shop to answer POST http:\S+\n$/)]);
});

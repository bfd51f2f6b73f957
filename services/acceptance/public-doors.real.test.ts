/** Schemathesis reads what the public door says of itself and sends it what fits and what does not. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningPlatform, startPlatform } from '../kit/testing/running-platform.ts';
import { createVisitor } from './testing/customer.ts';

/** The same cases in every run, so that a finding can be repeated. */
const seed = '7';
/** A nightly run asks for more. */
const casesPerDoor = process.env['CASES_PER_DOOR'] ?? '10';
/** Under the limit of 600 anonymous requests a minute, which would answer in place of the doors. */
const rate = '9/s';
/** Streams stay open, log-in takes 30 requests a minute, and signing out ends what the rest is asked with; all have tests of their own. */
const elsewhere = 'events$|/auth/|/session$';
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
];

let platform: RunningPlatform;

/** Python's regular expressions know no `\p{…}`; text that such a pattern restricts is then sent without restriction, and may be refused. */
const withoutClasses = (key: string, value: unknown) =>
  key === 'pattern' && typeof value === 'string' && value.includes('\\p') ? undefined : value;

const tokenOf = async (door: string, body: Record<string, string>): Promise<string> => {
  const { call } = createVisitor(platform.gateway);
  return (await call<{ accessToken: string }>('POST', door, body)).body.accessToken;
};
const password = randomUUID();
const headers = {
  'a visitor': async () => [],
  'a customer': async () => {
    const account = { email: `${randomUUID()}@customers.example`, password, name: 'Somebody' };
    return [`authorization: Bearer ${await tokenOf('/auth/register', account)}`];
  },
  'a member of staff': async () => [`authorization: Bearer ${await tokenOf('/auth/login', platform.staff)}`],
};

/** Sends every door its cases in the name of one caller; resolves to what was printed, and rejects with it on a finding. */
const askEveryDoor = async (document: string, headersOf: () => Promise<string[]>): Promise<string> => {
  const schemathesis = process.env['REAL_SCHEMATHESIS'];
  if (!schemathesis) throw new Error('REAL_SCHEMATHESIS is not set; run this with "npm run test:real schemathesis"');
  const parameters = ['run', document, '--url', platform.gateway, '--phases', 'fuzzing,stateful', '--no-color'];
  const limits = ['--max-examples', casesPerDoor, '--rate-limit', rate, '--request-timeout', '30', '--seed', seed];
  const given: string[] = await headersOf();
  const asked = given.flatMap((header) => ['--header', header]);
  // A folder each: it keeps what it learnt beside it, and three of them run at once.
  const cwd = await mkdtemp(path.join(path.dirname(document), 'caller-'));
  const { stdout } = await promisify(execFile)(
    schemathesis,
    [...parameters, ...limits, ...asked, '--exclude-path-regex', elsewhere, '--checks', checks.join(',')],
    { cwd, maxBuffer: 16 * 1024 ** 2 },
  ).catch((problem: Error & { stdout?: string }) => {
    throw new Error(problem.stdout || problem.message);
  });
  // A session that ended on the way leaves most doors refused, each of them as described.
  const [, token] = /^authorization: (.+)$/.exec(given[0] ?? '') ?? [];
  const me = createVisitor(platform.gateway, token === undefined ? {} : { authorization: token });
  expect((await me.call('GET', '/me')).status).toBe(token === undefined ? 401 : 200);
  return stdout;
};

// Each caller has a limit of its own, below which it stays; so all of them ask at once.
const answers = new Map<string, Promise<string>>();
beforeAll(async () => {
  platform = await startPlatform();
  const described = await (await fetch(`${platform.gateway}/openapi.json`)).json();
  const document = path.join(path.dirname(platform.folder), 'openapi.json');
  await writeFile(document, JSON.stringify(described, withoutClasses));
  for (const [caller, headersOf] of Object.entries(headers)) {
    const answer = askEveryDoor(document, headersOf);
    answer.catch(() => undefined);
    answers.set(caller, answer);
  }
});
afterAll(async () => {
  await Promise.allSettled(answers.values());
  await platform?.stop();
});

test.each(Object.keys(headers))(
  'the public doors answer %s as they say they do, whatever is sent to them',
  async (caller) => {
    expect(Number(/(\d+) generated, \1 passed/.exec((await answers.get(caller)) ?? '')?.[1] ?? 0)).toBeGreaterThan(300);
  },
);

test('afterwards every law of the shop still holds', async () => {
  const { code, stdout } = await platform.cloudmart('laws', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ violations: 0 });
  expect(code).toBe(0);
});

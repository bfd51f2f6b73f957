/** Whom services ask outside of the platform, played at loopback with what each of them answers; Bedrock by the account that stands for AWS. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { hangUp, listen } from '../../../services/kit/testing/loopback.ts';
import { awsQuestions } from '../../aws/ask-aws.ts';
import type { Environment } from '../../environment/environment.ts';
import { environmentNamed } from '../../environments.ts';
import { services as shop } from '../../services.ts';
import { type AwsPeer, pointSdkAt, startAwsPeer } from '../testing/aws-peer.ts';
import { healthyAccount } from '../testing/healthy-account.ts';
import { providerCheck } from './preflight-providers.ts';

const ACCOUNT = '111122223333';
const KEY = 'sk-proj-0123456789abcdefghijklmn';
const services = shop.filter(({ reaches = [] }) =>
  ['openai', 'azure-language', 'bedrock', 'stripe'].some((name) => reaches.some((reached) => reached === name)),
);

let aws: AwsPeer;
let restoreSdk: () => void;
let status: number;
const asked: string[] = [];
const provider = createServer((request, response) => {
  const { authorization, 'ocp-apim-subscription-key': subscription } = request.headers;
  asked.push(`${request.method} ${request.url} ${authorization ?? subscription}`);
  request.resume().on('end', () => response.writeHead(status).end('{}'));
});
let base: string;

beforeAll(async () => {
  base = `http://127.0.0.1:${await listen(provider)}`;
  aws = await startAwsPeer(healthyAccount(ACCOUNT, environmentNamed('staging'), services));
  restoreSdk = pointSdkAt(aws);
});
afterAll(async () => {
  restoreSdk();
  await aws.close();
  await hangUp(provider);
});
beforeEach(() => {
  status = 200;
  asked.length = 0;
  Object.assign(aws.holds, healthyAccount(ACCOUNT, environmentNamed('staging'), services));
  for (const key of ['assistant/OPENAI_API_KEY', 'assistant/AZURE_LANGUAGE_KEY', 'payment/STRIPE_SECRET_KEY'])
    aws.holds.secrets.set(`cloudmart-staging/${key}`, { value: KEY });
  aws.holds.agents = new Map([
    ['AGENT12345', 'PREPARED'],
    ['AGENT12345/ALIAS12345', 'PREPARED'],
  ]);
});

const outcomeWith = (configuration: Environment['configuration'], deadlineMs = 10_000) => {
  const environment = { ...environmentNamed('staging'), account: ACCOUNT, configuration };
  return providerCheck.run({
    environment,
    account: ACCOUNT,
    aws: awsQuestions(environment.region, deadlineMs),
    services,
    pods: services,
    tagsOf: async () => ({}),
    resolver: undefined,
    progress: () => undefined,
  });
};

/** Everything in use, with keys, at the places given. */
const everything = (place: string): Environment['configuration'] => ({
  assistant: {
    ANSWER_PROVIDER: 'openai',
    OPENAI_API_URL: `${place}/v1`,
    AGENT_PROVIDER: 'bedrock',
    BEDROCK_AGENT_ID: 'AGENT12345',
    BEDROCK_AGENT_ALIAS_ID: 'ALIAS12345',
    SENTIMENT_PROVIDER: 'azure',
    AZURE_LANGUAGE_ENDPOINT: place,
  },
  payment: { PAYMENT_PROVIDER: 'stripe', STRIPE_API_URL: place },
});

const codesOf = async (...parameters: Parameters<typeof outcomeWith>) =>
  (await outcomeWith(...parameters)).findings.map(({ code, service }) => `${service}: ${code}`).sort();

test('nobody is asked whom no service is set to use', async () => {
  expect(await outcomeWith({})).toEqual({ summary: 'none in use', findings: [], notChecked: [] });
  expect([...asked, ...aws.asked.filter((question) => question.startsWith('bedrock'))]).toEqual([]);
});

test('each provider in use is asked once with its key, by a question that changes nothing', async () => {
  const { findings, notChecked, summary } = await outcomeWith(everything(base));
  expect({ findings, notChecked }).toEqual({ findings: [], notChecked: [] });
  for (const title of ['OpenAI', 'Bedrock', 'Azure AI Language', 'Stripe']) expect(summary).toContain(title);
  expect(asked.sort()).toEqual([
    `GET /v1/models Bearer ${KEY}`,
    `GET /v1/payment_intents?limit=1 Bearer ${KEY}`,
    `POST /language/:analyze-text?api-version=2023-04-01 ${KEY}`,
  ]);
});

test.each([
  [401, 'provider-refuses-key'],
  [503, 'provider-failed'],
])('a provider that answers %i stops a deployment, and the key is never told', async (answered, code) => {
  status = answered;
  const { findings } = await outcomeWith(everything(base));
  expect(findings.map((finding) => finding.code)).toEqual([code, code, code]);
  expect(JSON.stringify(findings)).not.toContain(KEY);
});

test('a restricted key that may do less than was asked is valid', async () => {
  status = 403;
  expect(await codesOf(everything(base))).toEqual([]);
});

test('a provider that is not there is told by its host', async () => {
  const left = createServer();
  const port = await listen(left);
  await hangUp(left);
  const { findings } = await outcomeWith(everything(`http://127.0.0.1:${port}`));
  expect(findings.map(({ code }) => code)).toEqual(Array(3).fill('provider-unreachable'));
  expect(findings[0]?.problem).toMatch(/^Stripe at 127\.0\.0\.1:\d+ does not answer \(.+\); check its address/);
});

test.each([
  ['AGENT12345', undefined, 'agent-missing'],
  ['AGENT12345', 'NOT_PREPARED', 'agent-not-prepared'],
  ['AGENT12345/ALIAS12345', undefined, 'agent-missing'],
  ['AGENT12345/ALIAS12345', 'FAILED', 'agent-not-prepared'],
])('Bedrock with %s in state %s stops a deployment', async (name, state, code) => {
  if (state === undefined) aws.holds.agents.delete(name);
  else aws.holds.agents.set(name, state);
  expect(await codesOf(everything(base))).toEqual([`assistant: ${code}`]);
});

test('a key that is still a placeholder is not sent to anybody', async () => {
  aws.holds.secrets.set('cloudmart-staging/assistant/OPENAI_API_KEY', { value: '<your-openai-key>' });
  const { notChecked } = await outcomeWith(everything(base));
  expect(notChecked).toEqual(['OpenAI of assistant: not asked, because OPENAI_API_KEY holds no value']);
  expect(asked.some((question) => question.includes('/v1/models'))).toBe(false);
});

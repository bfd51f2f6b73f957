import { createServer, type Server } from 'node:http';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { hangUp, listen } from '../../services/kit/testing/loopback.ts';
import { environmentNamed } from '../environments.ts';
import { readDeployedOutputs } from './deployed-outputs.ts';

type Planted = { name: string; state?: string; account?: string; outputs?: Record<string, string> };

const dev = environmentNamed('dev');
const needed = ['CacheAddress', 'DatabaseAddress'];
const database = { name: 'cloudmart-dev-database', outputs: { DatabaseAddress: 'writer:5432' } };
const cache = { name: 'cloudmart-dev-cache', outputs: { CacheAddress: 'cache:6379' } };

const stackXml = ({ name, state = 'CREATE_COMPLETE', account = '111122223333', outputs = {} }: Planted) =>
  `<member><StackName>${name}</StackName><StackStatus>${state}</StackStatus>
  <StackId>arn:aws:cloudformation:us-east-1:${account}:stack/${name}/1</StackId><Outputs>${Object.entries(outputs)
    .map(([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`)
    .join('')}</Outputs></member>`;

let pages: Planted[][];
let failure: { status: number; code: string } | undefined;
let server: Server;
let port: number;

beforeEach(async () => {
  failure = undefined;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const token = Number(new URLSearchParams(body).get('NextToken') ?? 0);
    const next = token + 1 < pages.length ? `<NextToken>${token + 1}</NextToken>` : '';
    response.writeHead(failure?.status ?? 200, { 'content-type': 'text/xml' });
    response.end(
      failure
        ? `<ErrorResponse><Error><Type>Sender</Type><Code>${failure.code}</Code><Message>no</Message></Error></ErrorResponse>`
        : `<DescribeStacksResponse><DescribeStacksResult><Stacks>${(pages[token] ?? []).map(stackXml).join('')}</Stacks>${next}</DescribeStacksResult></DescribeStacksResponse>`,
    );
  });
  port = await listen(server);
});
afterEach(() => hangUp(server));

const client = (settings: object = {}) =>
  new CloudFormationClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    ...settings,
  });

test('values come from every page and only from stacks of the environment', async () => {
  pages = [[database, { ...cache, name: 'cloudmart-production-cache' }], [cache], [{ name: 'other' }]];
  const outputOf = await readDeployedOutputs(dev, needed, client());
  expect(needed.map(outputOf)).toEqual(['cache:6379', 'writer:5432']);
});

test.each<[string, Planted[], RegExp]>([
  ['nothing is deployed', [{ name: 'cloudmart-staging-cache' }], /^no stack of dev is deployed in us-east-1/],
  ['the first deployment failed', [{ ...cache, state: 'ROLLBACK_COMPLETE' }], /^no stack of dev is deployed/],
  ['half is deployed', [cache], /^dev in us-east-1: no stack has the output DatabaseAddress; deploy every stack/],
  [
    'a deployment is running',
    [cache, { ...database, state: 'UPDATE_IN_PROGRESS' }],
    /^cloudmart-dev-database is changing \(UPDATE_IN_PROGRESS\); render once/,
  ],
])('where %s, one sentence says so', async (_, stacks, sentence) => {
  pages = [stacks];
  await expect(readDeployedOutputs(dev, needed, client())).rejects.toThrow(sentence);
});

test('stacks of another account are refused where the environment names its own', async () => {
  pages = [[cache, database]];
  const reading = readDeployedOutputs({ ...dev, account: '999900001111' }, needed, client());
  await expect(reading).rejects.toThrow(/is in account 111122223333, but dev lives in 999900001111/);
});

test('missing credentials and a missing right are told apart', async () => {
  pages = [[cache, database]];
  const none = () => Promise.reject(Object.assign(new Error('no provider'), { name: 'CredentialsProviderError' }));
  await expect(readDeployedOutputs(dev, needed, client({ credentials: none }))).rejects.toThrow(
    /^there are no AWS credentials; sign in/,
  );
  failure = { status: 403, code: 'AccessDenied' };
  await expect(readDeployedOutputs(dev, needed, client())).rejects.toThrow(
    /may not read from CloudFormation in us-east-1/,
  );
});

import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hangUp, listen } from '../../../services/kit/testing/loopback.ts';
import { environmentNamed } from '../../environments.ts';
import { runProgram } from '../../run-program.ts';
import { type AwsPeer, pointSdkAt, startAwsPeer } from '../testing/aws-peer.ts';
import { healthyAccount } from '../testing/healthy-account.ts';
import { tearDown } from './teardown.ts';

const ACCOUNT = '111122223333';
const dev = { ...environmentNamed('dev'), account: ACCOUNT };

let aws: AwsPeer;
let restoreSdk: () => void;

beforeAll(async () => {
  aws = await startAwsPeer(healthyAccount(ACCOUNT, dev, []));
  restoreSdk = pointSdkAt(aws);
});
afterAll(async () => {
  restoreSdk();
  await aws.close();
});

const destroyed: string[] = [];
const request = (environment: typeof dev) => ({
  environment,
  destroy: async () => {
    destroyed.push(environment.name);
    return 0;
  },
  progress: () => {},
});

/** An account in which AWS left one thing of each kind, in the protocol that each service speaks; forgets what is deleted. */
const startLeavingAccount = async () => {
  const left = {
    profiles: ['eks-forgotten'],
    logGroups: ['/aws/lambda/cloudmart-dev-ended', '/aws/lambda/cloudmart-staging-alive'],
    records: ['_proof.dev.cloudmart.example.'],
  };
  const xml = (text: string) => ({ type: 'text/xml', status: 200, text });
  const json = (value: object, status = 200) => ({
    type: 'application/x-amz-json-1.1',
    status,
    text: JSON.stringify(value),
  });
  const record = (name: string, value: string) =>
    `<ResourceRecordSet><Name>${name}</Name><Type>CNAME</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>${value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`;
  const answer = (url: URL, target: string, body: string) => {
    const form = new URLSearchParams(body);
    const action = target ? (target.split('.').at(-1) ?? '') : (form.get('Action') ?? '');
    if (action === 'GetCallerIdentity')
      return xml(
        `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
    if (action === 'ListInstanceProfilesForRole' && form.get('RoleName') === 'cloudmart-dev-node')
      return xml(
        `<ListInstanceProfilesForRoleResponse><ListInstanceProfilesForRoleResult><IsTruncated>false</IsTruncated><InstanceProfiles>${left.profiles.map((name) => `<member><InstanceProfileName>${name}</InstanceProfileName></member>`).join('')}</InstanceProfiles></ListInstanceProfilesForRoleResult></ListInstanceProfilesForRoleResponse>`,
      );
    if (action === 'DeleteInstanceProfile')
      left.profiles = left.profiles.filter((name) => name !== form.get('InstanceProfileName'));
    if (action === 'DescribeStackResources')
      return xml(
        '<DescribeStackResourcesResponse><DescribeStackResourcesResult><StackResources><member><ResourceType>AWS::Route53::HostedZone</ResourceType><ResourceStatus>DELETE_FAILED</ResourceStatus><PhysicalResourceId>Z1</PhysicalResourceId></member></StackResources></DescribeStackResourcesResult></DescribeStackResourcesResponse>',
      );
    if (url.pathname.startsWith('/clusters/'))
      return json({ __type: 'ResourceNotFoundException', message: 'No cluster found' }, 404);
    if (url.pathname === '/2013-04-01/hostedzone/Z1/rrset') {
      if (body) left.records = left.records.filter((name) => !body.includes(name));
      return xml(
        body
          ? '<ChangeResourceRecordSetsResponse><ChangeInfo><Id>c</Id><Status>PENDING</Status></ChangeInfo></ChangeResourceRecordSetsResponse>'
          : `<ListResourceRecordSetsResponse><ResourceRecordSets>${left.records.map((name) => record(name, '_x.acm-validations.aws.')).join('')}${record('shop.dev.cloudmart.example.', 'elsewhere.example.')}</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`,
      );
    }
    const input = JSON.parse(target ? body : '{}') as { logGroupName?: string; logGroupNamePrefix?: string };
    if (action === 'DescribeLogGroups')
      return json({
        logGroups: left.logGroups
          .filter((name) => name.startsWith(input.logGroupNamePrefix ?? ''))
          .map((logGroupName) => ({ logGroupName })),
      });
    if (action === 'DeleteLogGroup') left.logGroups = left.logGroups.filter((name) => name !== input.logGroupName);
    return target ? json({}) : xml(`<${action}Response><ResponseMetadata/></${action}Response>`);
  };
  const server = createServer(async (asked, response) => {
    let body = '';
    for await (const chunk of asked) body += chunk;
    const { type, status, text } = answer(
      new URL(asked.url ?? '/', 'http://account'),
      `${asked.headers['x-amz-target'] ?? ''}`,
      body,
    );
    response.writeHead(status, { 'content-type': type }).end(text);
  });
  return { left, url: `http://127.0.0.1:${await listen(server)}`, close: () => hangUp(server) };
};

describe('a tear-down of an environment', () => {
  it('deletes what keeps stacks from going, tries once more, and leaves no log group of its own', async () => {
    const account = await startLeavingAccount();
    process.env['AWS_ENDPOINT_URL'] = account.url;
    try {
      const tries: number[] = [];
      const destroy = async () => {
        tries.push(account.left.profiles.length + account.left.records.length);
        return tries.at(-1) === 0 ? 0 : 1;
      };
      expect(await tearDown({ ...request(dev), destroy })).toEqual({
        environment: 'dev',
        isGone: true,
        removed: [
          'instance profile eks-forgotten',
          'record _proof.dev.cloudmart.example.',
          'log group /aws/lambda/cloudmart-dev-ended',
        ],
        sentence: expect.stringMatching(/^dev is gone but for its stack Delivery/),
      });
      expect(tries).toEqual([2, 0]);
      expect(account.left.logGroups).toEqual(['/aws/lambda/cloudmart-staging-alive']);
    } finally {
      process.env['AWS_ENDPOINT_URL'] = aws.url;
      await account.close();
    }
  });

  it('says that it is not gone when the second try fails too, and keeps its log groups', async () => {
    const account = await startLeavingAccount();
    process.env['AWS_ENDPOINT_URL'] = account.url;
    try {
      const report = await tearDown({ ...request(dev), destroy: async () => 1 });
      expect(report).toMatchObject({ isGone: false, sentence: expect.stringMatching(/^dev is not gone/) });
      expect(account.left.logGroups).toHaveLength(2);
    } finally {
      process.env['AWS_ENDPOINT_URL'] = aws.url;
      await account.close();
    }
  });
});

describe('a tear-down deletes nothing', () => {
  it('of a protected environment', async () => {
    await expect(tearDown(request({ ...dev, protected: true }))).rejects.toThrow(/^dev is protected, so no command/);
    expect(destroyed).toEqual([]);
  });

  it('in the wrong account, nor where nobody says which is right', async () => {
    await expect(tearDown(request({ ...dev, account: '999900001111' }))).rejects.toThrow(/dev lives in 999900001111/);
    const { account: _, ...undeclared } = dev;
    await expect(tearDown(request(undeclared as typeof dev))).rejects.toThrow(/dev declares no account/);
    expect(destroyed).toEqual([]);
  });

  it.each([
    [[], /nothing does not confirm it, and nothing was deleted; add --confirm dev/],
    [['--confirm', 'staging'], /"staging" does not confirm it/],
  ])('without the name of the environment (%j)', async (more, sentence) => {
    const { code, stderr } = await runProgram('node', ['bin/cloudmart.ts', 'teardown', 'dev', ...more]);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  });
});

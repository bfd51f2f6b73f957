import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environmentNamed } from '../../environments.ts';
import { runProgram } from '../../run-program.ts';
import { type AwsPeer, startAwsPeer } from '../testing/aws-peer.ts';
import { healthyAccount } from '../testing/healthy-account.ts';
import { tearDown } from './teardown.ts';

const ACCOUNT = '111122223333';
const dev = { ...environmentNamed('dev'), account: ACCOUNT };

let aws: AwsPeer;
const NAMES = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const saved = { ...process.env };

beforeAll(async () => {
  aws = await startAwsPeer(healthyAccount(ACCOUNT, dev, []));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(async () => {
  for (const name of NAMES)
    if (saved[name] === undefined) delete process.env[name];
    else process.env[name] = saved[name];
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

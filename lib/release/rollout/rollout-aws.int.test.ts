import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { environmentNamed } from '../../environments.ts';
import { services } from '../../services.ts';
import { type ReleasePeer, startReleasePeer } from '../testing/release-peer.ts';
import { AwsRefused, currentSecrets, imageDigests, versionsText } from './rollout-aws.ts';

const staging = environmentNamed('staging');
const user = services.filter(({ name }) => name === 'user');
const before = { ...process.env };
let aws: ReleasePeer;
beforeEach(async () => {
  aws = await startReleasePeer();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterEach(async () => {
  process.env = { ...before };
  await aws.close();
});

test('the current versions of a service are told by key, none of their values', async () => {
  aws.secrets
    .set('cloudmart-staging/user/KEY_ENCRYPTION_SECRET', 'v1')
    .set('cloudmart-staging/user/MAIL_SEAL_SECRET', 'v4')
    .set('cloudmart-staging/user/STAFF_PASSWORD', 'v2');
  const secrets = await currentSecrets(staging, user);
  expect(versionsText(secrets.get('user') ?? [])).toBe(
    'KEY_ENCRYPTION_SECRET=v1 MAIL_SEAL_SECRET=v4 STAFF_PASSWORD=v2',
  );
});

test('a secret that is missing, and an image, are named with the way out', async () => {
  await expect(currentSecrets(staging, user)).rejects.toThrow(
    /^AWS in us-east-1 does not tell the versions of cloudmart-staging\/user\/KEY_ENCRYPTION_SECRET \(Secrets Manager in us-east-1 failed \(ResourceNotFoundException: .*--no-aws$/,
  );
  await expect(imageDigests(staging, { cart: 'abc' })).rejects.toThrow(AwsRefused);
});

test('the digest behind a tag is told by service', async () => {
  aws.images.set('cloudmart-staging/cart:abc', `sha256:${'d'.repeat(64)}`);
  expect(await imageDigests(staging, { cart: 'abc' })).toEqual({ cart: `sha256:${'d'.repeat(64)}` });
});

import { expect, it } from '@jest/globals';
import { fakeClock } from '../testing/fake-clock.ts';
import { createS3Store } from './s3-store.ts';

const store = createS3Store({
  bucket: 'pictures',
  clock: fakeClock('2026-01-15T12:00:00.000Z'),
  client: { region: 'us-east-1', credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'pod' } },
});
const promised = {
  key: 'uploads/one',
  type: 'image/png',
  bytes: 42,
  sha256: '00ff'.repeat(16),
  validSeconds: 300,
};
const signatureOf = async (change: Partial<typeof promised>) =>
  new URL((await store.signUpload({ ...promised, ...change })).url).searchParams.get('X-Amz-Signature');

it('signs length, type and checksum of an upload as headers, for five minutes, at the address of the bucket alone', async () => {
  const { method, url, headers, expiresAt } = await store.signUpload(promised);
  const { origin, pathname, searchParams } = new URL(url);
  expect([method, origin, pathname]).toEqual(['PUT', 'https://pictures.s3.us-east-1.amazonaws.com', '/uploads/one']);
  expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host;x-amz-checksum-sha256');
  expect([searchParams.get('X-Amz-Expires'), searchParams.get('X-Amz-Date')]).toEqual(['300', '20260115T120000Z']);
  expect(searchParams.get('X-Amz-Security-Token')).toBe('pod');
  expect([...searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
  const checksum = Buffer.from(promised.sha256, 'hex').toString('base64');
  expect(headers).toEqual({ 'content-type': 'image/png', 'x-amz-checksum-sha256': checksum });
  expect(expiresAt.toISOString()).toBe('2026-01-15T12:05:00.000Z');
});

it('signs another promise with another signature', async () => {
  const changes = [{}, { key: 'uploads/two' }, { type: 'image/jpeg' }, { bytes: 43 }, { sha256: '0'.repeat(64) }];
  const signatures = await Promise.all(changes.map(signatureOf));
  expect(new Set(signatures).size).toBe(changes.length);
});

import { describe, expect, test } from '@jest/globals';
import { createElastiCacheToken } from './elasticache-token.ts';

const at = new Date('2026-01-15T12:00:00.000Z');
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'se/ss+ion=',
};
const wanted = { cacheName: 'shop-dev', user: 'shop-dev-services', region: 'us-east-1', credentials, at };

describe('a token for ElastiCache', () => {
  test('is the presigned connect request that botocore signs for the same moment, without its scheme', async () => {
    const token = await createElastiCacheToken(wanted);
    const { host, pathname, searchParams } = new URL(`http://${token}`);
    expect([host, pathname]).toEqual(['shop-dev', '/']);
    expect(Object.fromEntries(searchParams)).toEqual({
      Action: 'connect',
      User: 'shop-dev-services',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20260115/us-east-1/elasticache/aws4_request',
      'X-Amz-Date': '20260115T120000Z',
      'X-Amz-Expires': '900',
      'X-Amz-Security-Token': 'se/ss+ion=',
      'X-Amz-SignedHeaders': 'host',
      // botocore 1.35.99, SigV4QueryAuth over http://shop-dev/?Action=connect&User=shop-dev-services.
      'X-Amz-Signature': 'fdde036aa230e6e018383f6c48b931893774fc1582a774701b5dd39835720c70',
    });
  });

  test('is made for the name in lower case, as ElastiCache keeps it', async () => {
    expect(await createElastiCacheToken({ ...wanted, cacheName: 'Shop-Dev' })).toBe(
      await createElastiCacheToken(wanted),
    );
  });

  test('says what is missing when no region is set', async () => {
    await expect(createElastiCacheToken({ ...wanted, region: '' })).rejects.toThrow('AWS_REGION: is missing');
  });
});

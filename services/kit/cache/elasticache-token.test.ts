import { describe, expect, test } from '@jest/globals';
import { createElastiCacheToken } from './elasticache-token.ts';

const at = new Date('2026-01-15T12:00:00.000Z');
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'se/ss+ion=',
};
const wanted = { cacheName: 'cloudmart-dev', user: 'cloudmart-dev-services', region: 'us-east-1', credentials, at };

describe('a token for ElastiCache', () => {
  test('is the presigned connect request that botocore signs for the same moment, without its scheme', async () => {
    const token = await createElastiCacheToken(wanted);
    const { host, pathname, searchParams } = new URL(`http://${token}`);
    expect([host, pathname]).toEqual(['cloudmart-dev', '/']);
    expect(Object.fromEntries(searchParams)).toEqual({
      Action: 'connect',
      User: 'cloudmart-dev-services',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20260115/us-east-1/elasticache/aws4_request',
      'X-Amz-Date': '20260115T120000Z',
      'X-Amz-Expires': '900',
      'X-Amz-Security-Token': 'se/ss+ion=',
      'X-Amz-SignedHeaders': 'host',
      // botocore 1.43.11, SigV4QueryAuth over http://cloudmart-dev/?Action=connect&User=cloudmart-dev-services.
      'X-Amz-Signature': '49bb9b40faf070f99e0c36780041fe1669af491db171a08c76e71617185867a6',
    });
  });

  test('is made for the name in lower case, as ElastiCache keeps it', async () => {
    expect(await createElastiCacheToken({ ...wanted, cacheName: 'CloudMart-Dev' })).toBe(
      await createElastiCacheToken(wanted),
    );
  });

  test('says what is missing when no region is set', async () => {
    await expect(createElastiCacheToken({ ...wanted, region: '' })).rejects.toThrow('AWS_REGION: is missing');
  });
});

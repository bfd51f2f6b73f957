import { expect, test } from '@jest/globals';
import { signKafkaToken } from './kafka-iam-token.ts';

const options = {
  now: () => new Date('2026-11-21T12:00:00Z'),
  credentials: async () => ({
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    sessionToken: 'session/token+with=signs',
  }),
};
const host = 'b-1.shop.abc123.c2.kafka.eu-west-1.amazonaws.com';

test('a token is a signed request to connect, with the signature that AWS’s own signer makes', async () => {
  const token = await signKafkaToken(host, options);
  expect(token).toMatch(/^[\w-]+$/);
  const url = new URL(Buffer.from(token, 'base64url').toString());
  expect(url.origin + url.pathname).toBe('https://kafka.eu-west-1.amazonaws.com/');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    Action: 'kafka-cluster:Connect',
    'User-Agent': 'cloudmart',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIDEXAMPLE/20261121/eu-west-1/kafka-cluster/aws4_request',
    'X-Amz-Date': '20261121T120000Z',
    'X-Amz-Expires': '900',
    'X-Amz-Security-Token': 'session/token+with=signs',
    // aws-msk-iam-sasl-signer-js 1.0.3 for the same credentials at the same moment.
    'X-Amz-Signature': 'e055e1bd31bccb1d5671d8504a80a431071724d2726702ac5d6ee14319f2eea3',
    'X-Amz-SignedHeaders': 'host',
  });
});

test('brokers that are not of MSK are refused by name, because they name no region', async () => {
  await expect(signKafkaToken('broker.example', options)).rejects.toThrow('broker.example is no broker of MSK');
});

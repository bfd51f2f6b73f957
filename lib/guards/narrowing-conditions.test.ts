import { expect, test } from '@jest/globals';
import { noPublicStore } from './data-rules.ts';

const breachesOf = (statement: Readonly<Record<string, unknown>>) =>
  noPublicStore
    .breaches(
      [
        {
          stack: 'Planted',
          environment: 'test',
          isProtected: true,
          path: '',
          template: {
            Resources: {
              It: { Type: 'AWS::SQS::QueuePolicy', Properties: { PolicyDocument: { Statement: [statement] } } },
            },
          },
        },
      ],
      [],
    )
    .map(({ logicalId, sentence }) => `${logicalId}: ${sentence}`);

const admits = (Condition: unknown) => breachesOf({ Effect: 'Allow', Principal: '*', Condition });
const account = { Ref: 'AWS::AccountId' };

test.each([
  ['that asks for TLS only', { Bool: { 'aws:SecureTransport': 'true' } }],
  ['on a key that the caller chooses', { StringEquals: { 'aws:UserAgent': 'shop' } }],
  ['that excludes one account and leaves the rest', { StringNotEquals: { 'aws:SourceAccount': account } }],
  ['that holds where the key is missing', { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }],
  ['that holds for an empty set', { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-1' } }],
  ['that asks for the key to be missing', { Null: { 'aws:SourceArn': 'true' } }],
  ['on a pattern that every account fits', { StringLike: { 'aws:SourceAccount': '*' } }],
  ['on resources of every account', { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:alerts' } }],
  ['with one named account beside a pattern', { StringLike: { 'aws:SourceAccount': [account, '*'] } }],
  ['that is empty', {}],
])('a policy for everybody is refused when its condition is one %s', (_, condition) => {
  expect(admits(condition).join()).toMatch(/^It: the policy admits anybody; .*aws:SourceArn/);
});

test.each([
  ['an account', { StringEquals: { 'aws:SourceAccount': account } }],
  ['an organization', { StringEquals: { 'AWS:PrincipalOrgID': ['o-1', 'o-2'] } }],
  [
    'an endpoint, beside a condition that narrows nothing',
    {
      Bool: { 'aws:SecureTransport': 'true' },
      StringEquals: { 'aws:SourceVpce': { Ref: 'Endpoint' } },
    },
  ],
  [
    'rules of one account',
    {
      ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:aws:events:us-east-1:', account, ':rule/*']] } },
    },
  ],
  ['one resource', { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Topic', 'Arn'] } } }],
])('a policy for everybody passes when its condition names %s', (_, condition) => {
  expect(admits(condition)).toEqual([]);
});

test('a policy that allows everybody but some is refused', () => {
  expect(breachesOf({ Effect: 'Allow', NotPrincipal: { AWS: '111122223333' } }).join()).toMatch(/admits anybody/);
});

test('a refusal of everybody passes', () => {
  expect(breachesOf({ Effect: 'Deny', Principal: '*' })).toEqual([]);
});

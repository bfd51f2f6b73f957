import { chart, key, one, pod, policy } from '../../testing/planted-resources.ts';
import { noSecretInTemplate, noWideCacheUser, noWildcardGrant } from '../access-rules.ts';
import type { LawCases } from './rule-cases.ts';

const cacheUser = (rights: string, mode = 'iam') =>
  one('AWS::ElastiCache::User', { AccessString: rights, AuthenticationMode: { Type: mode } });

export const accessLawCases: LawCases = {
  broken: [
    [
      noWildcardGrant,
      'a role that may do anything',
      policy({ Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::x' }),
      /name the actions/,
    ],
    [
      noWildcardGrant,
      'all of a service on everything',
      policy({ Effect: 'Allow', Action: ['s3:*'], Resource: '*' }),
      /every resource/,
    ],
    [
      noWildcardGrant,
      'a family of actions on everything',
      policy({ Effect: 'Allow', Action: 'dynamodb:Get*', Resource: ['*'] }),
      /every resource/,
    ],
    [
      noWideCacheUser,
      'a user of the cache with all but the dangerous',
      cacheUser('on ~* +@all -@dangerous'),
      /named commands/,
    ],
    [noWideCacheUser, 'a user of the cache with a category', cacheUser('on ~x:* -@all +@read'), /named commands/],
    [noWideCacheUser, 'a user of the cache that hears channels', cacheUser('on ~x:* &* -@all +get'), /named commands/],
    [
      noWideCacheUser,
      'a user of the cache with a password',
      cacheUser('on ~x:* -@all +get', 'password'),
      /by a password/,
    ],
    [
      noSecretInTemplate,
      'an access key',
      one('AWS::SSM::Parameter', { Value: `AKIA${'Q'.repeat(16)}` }),
      /an AWS access key/,
    ],
    [
      noSecretInTemplate,
      'a password inside an address',
      chart(pod('x', [{ name: 'DATABASE_URL', value: 'postgresql://shop:hunter22@db/x' }])),
      /a password inside an address/,
    ],
    [
      noSecretInTemplate,
      'a secret as a variable of a function',
      one('AWS::Lambda::Function', { Environment: { Variables: { STAFF_PASSWORD: 'x' } } }),
      /STAFF_PASSWORD_SECRET_ID/,
    ],
    [
      noSecretInTemplate,
      'a secret as a variable of a pod',
      chart(pod('x', [{ name: 'PAYMENT_API_KEY', value: 'x' }])),
      /PAYMENT_API_KEY_SECRET_ID/,
    ],
    [noSecretInTemplate, 'a Kubernetes Secret', chart({ kind: 'Secret', metadata: { name: 'x' } }), /prints charts/],
    [
      noSecretInTemplate,
      'a secret resolved into a chart',
      chart({ kind: 'ConfigMap', data: { x: '{{resolve:secretsmanager:x}}' } }),
      /prints charts/,
    ],
  ],
  kept: [
    [noWideCacheUser, 'a user with named commands on keys of its own', cacheUser('on ~x:* -@all +get +set')],
    [
      noWildcardGrant,
      'a family of actions on one key',
      policy({ Effect: 'Allow', Action: 'kms:ReEncrypt*', Resource: key }),
    ],
    [noWildcardGrant, 'a refusal of everything', policy({ Effect: 'Deny', Action: '*', Resource: '*' })],
    [
      noSecretInTemplate,
      'an address that IAM opens',
      chart(
        pod('x', [{ name: 'DATABASE_URL', value: 'postgresql://order@db.example:5432/orders?sslmode=verify-full' }]),
      ),
    ],
    [
      noSecretInTemplate,
      'the name of a secret',
      one('AWS::Lambda::Function', { Environment: { Variables: { STAFF_PASSWORD_SECRET_ID: 'x' } } }),
    ],
  ],
};

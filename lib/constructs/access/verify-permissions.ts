import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { tablePattern } from '../../names.ts';

/** What `npx cloudmart verify` reads beside the registry and the secrets: single items of these tables. */
export const verifyPermissions = (stack: Stack, environment: string, tables: readonly string[]): PolicyStatement[] => {
  if (tables.length === 0) return [];
  const patterns = tables.map((table) => tablePattern(environment, table));
  return [
    new PolicyStatement({
      sid: 'ReadNotes',
      actions: ['dynamodb:GetItem'],
      resources: patterns.map((resourceName) =>
        stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName }),
      ),
    }),
    // Any key, but only what it encrypted for these tables. Source: DynamoDB developer guide, "DynamoDB encryption context".
    new PolicyStatement({
      sid: 'DecryptNotes',
      actions: ['kms:Decrypt'],
      resources: [stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
      conditions: {
        StringEquals: { 'kms:ViaService': `dynamodb.${stack.region}.amazonaws.com` },
        StringLike: { 'kms:EncryptionContext:aws:dynamodb:tableName': patterns },
      },
    }),
  ];
};

import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { failureQueuePattern, partName, tablePattern } from '../../names.ts';

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

/** What `npx cloudmart pipelines` and `verify` ask about functions and stream jobs; none of it reads an event. */
export const pipelinePermissions = (stack: Stack, environment: string): PolicyStatement[] => [
  // Neither knows resources for these questions. Source: Service Authorization Reference.
  new PolicyStatement({
    sid: 'LookAtMappings',
    actions: ['cloudwatch:GetMetricData', 'lambda:ListEventSourceMappings'],
    resources: ['*'],
  }),
  new PolicyStatement({
    sid: 'CountFailures',
    actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    resources: [stack.formatArn({ service: 'sqs', resource: failureQueuePattern(environment) })],
  }),
  new PolicyStatement({
    sid: 'LookAtStreamJobs',
    actions: ['kinesisanalytics:DescribeApplication'],
    resources: [
      stack.formatArn({
        service: 'kinesisanalytics',
        resource: 'application',
        resourceName: partName(environment, '*'),
      }),
    ],
  }),
];

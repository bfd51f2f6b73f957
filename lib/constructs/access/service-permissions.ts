/** What a service may do on AWS, derived from its manifest and from nothing else: one statement per need, each on named resources. */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { usesCache } from '../../../services/kit/cache-rights.ts';
import { destinationsOf, type Grant, tellsChat, tellsOfMails } from '../../../services/kit/destinations.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { observedBy, usesDatabases, usesTables } from '../../../services/kit/observation.ts';
import { operatedBy } from '../../../services/kit/operation.ts';
import { eventStatements, observedTopicStatements, operatedTopicStatements, statement } from './event-permissions.ts';

/** Where the things that a manifest names are. Every ARN may hold tokens. */
export type ServiceResources = {
  /** `cluster-...` id by which IAM names the database cluster. */
  readonly databaseResourceId: string;
  readonly eventClusterArn: string;
  topicArn(topic: string): string;
  groupArn(group: string): string;
  /** Consumer groups that read a topic. */
  groupsOn(topic: string): readonly string[];
  /** The cache, and the user as whom a service signs in. */
  cacheConnectArns(service: string): readonly string[];
  tableArn(table: string): string;
  bucketArn(bucket: string): string;
  /** ARNs of the secrets that the service may read. */
  secretArns(service: ServiceManifest): readonly string[];
  /** ARNs of the identity that mail is sent from and of its configuration set. */
  readonly mailArns: readonly string[];
  /** The topics of what services tell a chat and of mails that went out, and the key that encrypts them. */
  readonly told: { readonly chatArn: string; readonly sentMailsArn: string; readonly key: IKey };
  /** Encrypts tables, buckets and secrets. */
  readonly dataKey: IKey;
};

const ADDING_ITEMS = [
  'GetItem',
  'BatchGetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'ConditionCheckItem',
  'DescribeTable',
];
/** A batch of writes can remove as well as put. */
const ITEMS = [...ADDING_ITEMS, 'DeleteItem', 'BatchWriteItem'];

const tableStatements = ({ owns }: ServiceManifest, at: ServiceResources): PolicyStatement[] => {
  const { added = [], used = [] } = Object.groupBy(Object.entries(owns.tables ?? {}), ([, { appendOnly }]) =>
    appendOnly ? 'added' : 'used',
  );
  const granted = (sid: string, actions: readonly string[], tables: typeof used) =>
    tables.length > 0
      ? [
          statement(
            sid,
            actions.map((action) => `dynamodb:${action}`),
            tables.map(([table]) => at.tableArn(table)),
          ),
        ]
      : [];
  return [...granted('UseTables', ITEMS, used), ...granted('AddToTables', ADDING_ITEMS, added)];
};

const databaseArn = (scope: Construct, user: string, at: ServiceResources) =>
  Stack.of(scope).formatArn({
    service: 'rds-db',
    resource: 'dbuser',
    resourceName: `${at.databaseResourceId}/${user}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** On what a grant is allowed. */
const grantStatement = (scope: Construct, { sid, actions, on }: Grant, at: ServiceResources): PolicyStatement => {
  const stack = Stack.of(scope);
  switch (on) {
    case 'mail-identities':
      return statement(sid, actions, at.mailArns);
    case 'chat-topic':
      return statement(sid, actions, [at.told.chatArn]);
    case 'sent-mails-topic':
      return statement(sid, actions, [at.told.sentMailsArn]);
    case 'agents':
      return statement(sid, actions, [
        stack.formatArn({ service: 'bedrock', resource: 'agent-alias', resourceName: '*' }),
      ]);
    case 'phone-numbers':
      // A number has no ARN: every resource but topics. Source: SNS developer guide, "Using identity-based policies".
      return new PolicyStatement({
        sid,
        actions: [...actions],
        notResources: [stack.formatArn({ service: 'sns', region: '*', account: '*', resource: '*' })],
      });
  }
};

/** Use of a key through these services of AWS alone: it opens only what the other statements already admit. */
const keyThrough = (sid: string, key: IKey, through: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    sid,
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': through } },
  });

/** Statements for the role of a service. */
export const servicePermissions = (
  scope: Construct,
  service: ServiceManifest,
  at: ServiceResources,
): PolicyStatement[] => {
  const { owns } = service;
  const observed = observedBy(service);
  const buckets = Object.keys(owns.buckets ?? {});
  const secrets = at.secretArns(service);
  const { region } = Stack.of(scope);
  const encrypted = [
    ...(usesTables(service) ? [`dynamodb.${region}.amazonaws.com`] : []),
    ...(buckets.length > 0 ? [`s3.${region}.amazonaws.com`] : []),
    ...(secrets.length > 0 ? [`secretsmanager.${region}.amazonaws.com`] : []),
  ];
  return [
    ...(usesDatabases(service)
      ? [statement('SignInToDatabase', ['rds-db:connect'], [databaseArn(scope, service.name, at)])]
      : []),
    ...eventStatements(service, at),
    ...observedTopicStatements(observed.topics, at),
    ...operatedTopicStatements(operatedBy(service).topics, at),
    ...(usesCache(service)
      ? [statement('SignInToCache', ['elasticache:Connect'], at.cacheConnectArns(service.name))]
      : []),
    ...tableStatements(service, at),
    ...(observed.tables.length > 0
      ? [
          statement(
            'ObserveTables',
            ['GetItem', 'BatchGetItem', 'Query', 'DescribeTable'].map((action) => `dynamodb:${action}`),
            observed.tables.map((table) => at.tableArn(table)),
          ),
        ]
      : []),
    ...(buckets.length > 0
      ? [
          statement(
            'ListBuckets',
            ['s3:ListBucket'],
            buckets.map((bucket) => at.bucketArn(bucket)),
          ),
          statement(
            'UseObjects',
            ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
            Object.entries(owns.buckets ?? {}).flatMap(([bucket, { folders }]) =>
              folders.map((folder) => `${at.bucketArn(bucket)}/${folder}/*`),
            ),
          ),
        ]
      : []),
    ...(secrets.length > 0
      ? [statement('ReadSecrets', ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], secrets)]
      : []),
    ...(encrypted.length > 0 ? [keyThrough('UseDataKey', at.dataKey, encrypted)] : []),
    ...(tellsChat(service) || tellsOfMails(service)
      ? [keyThrough('UseAlertsKey', at.told.key, [`sns.${region}.amazonaws.com`])]
      : []),
    ...destinationsOf(service).flatMap(({ grants }) => grants.map((grant) => grantStatement(scope, grant, at))),
  ];
};

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { root } from '../../checkout.ts';
import type { DeclaredReader, DeclaredRole } from '../../databases/declared-roles.ts';
import { acknowledgeManagedPolicies } from '../../guards/acknowledge.ts';
import { functionLogGroup } from '../../names.ts';
import type { PlatformNetwork } from '../platform-network.ts';
import type { RelationalDatabase } from './relational-database.ts';

export type DatabaseOwnersProps = {
  readonly functionName: string;
  readonly database: RelationalDatabase;
  readonly network: PlatformNetwork;
  readonly owners: readonly DeclaredRole[];
  /** Those who may read a database of an owner. */
  readonly readers: readonly DeclaredReader[];
  /** Encrypts the administrator's secret. */
  readonly key: IKey;
  /** Days that logs are kept. */
  readonly logDays: number;
};

/** The handler and what it imports as one minified module; the AWS SDK is part of Lambda's runtime. */
const handlerSource = () =>
  buildSync({
    entryPoints: ['lib/constructs/stores/database-owners/handler.ts'],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: ['pg-native', '@aws-sdk/*'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'silent',
  }).outputFiles[0]?.text ?? '';

const handlerFolder = () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'database-owners-'));
  writeFileSync(path.join(folder, 'handler.mjs'), handlerSource());
  return folder;
};

/** Gives every owner its role and its database, during the deployment and before anything that depends on this construct. */
export class DatabaseOwners extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseOwnersProps) {
    super(scope, id);
    const { database, network, functionName } = props;
    const { secret } = database.cluster;
    if (!secret) throw new Error('the database has no administrator secret; let RDS manage it');
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: functionLogGroup(functionName),
      retention: props.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      roleName: functionName,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaVPCAccessExecutionRole')],
    });
    acknowledgeManagedPolicies(
      role,
      'Network interfaces of a function cannot be named before they exist.',
      'service-role/AWSLambdaVPCAccessExecutionRole',
    );
    role.addToPolicy(
      new PolicyStatement({
        sid: 'ReadAdministrator',
        actions: ['secretsmanager:GetSecretValue'],
        resources: [secret.secretArn],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        sid: 'DecryptAdministrator',
        actions: ['kms:Decrypt'],
        resources: [props.key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` } },
      }),
    );
    const securityGroup = new SecurityGroup(this, 'Access', {
      vpc: network.vpc,
      description: 'Job that creates database owners',
    });
    const folder = handlerFolder();
    const handler = new LambdaFunction(this, 'Function', {
      functionName,
      description: 'Creates a PostgreSQL role and a database per owning service',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(folder),
      handler: 'handler.handler',
      role,
      memorySize: 256,
      timeout: Duration.minutes(5),
      reservedConcurrentExecutions: 1,
      vpc: network.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [securityGroup],
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        SECRET_ID: secret.secretArn,
        DATABASE_HOST: database.cluster.clusterEndpoint.hostname,
        DATABASE_PORT: '5432',
        OWNERS: JSON.stringify(props.owners),
        ...(props.readers.length > 0 && { READERS: JSON.stringify(props.readers) }),
      },
    });
    // The asset has been copied to the cloud assembly.
    rmSync(folder, { recursive: true });
    database.admit(handler, 'job that creates owners');
    // CloudFormation runs it again whenever its code or its list of owners changes, and fails the deployment when it fails.
    new Trigger(this, 'Run', { handler, timeout: Duration.minutes(6), executeAfter: [database] });
  }
}

import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import type { PlatformNetwork } from '../constructs/platform-network.ts';
import { DatabaseOwners } from '../constructs/stores/database-owners.ts';
import { RelationalDatabase } from '../constructs/stores/relational-database.ts';
import { databaseOwners, databaseReaders } from '../databases/declared-roles.ts';
import type { Environment } from '../environment/environment.ts';
import { partName } from '../names.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { PlatformStack } from './platform-stack.ts';

export type DatabaseStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  readonly network: PlatformNetwork;
  /** What connects from the cluster. */
  readonly pods: IConnectable;
  readonly key: IKey;
  readonly alerts: AlertTopics;
};

export class DatabaseStack extends PlatformStack {
  readonly database: RelationalDatabase;

  constructor(scope: Construct, id: string, { environment, services, network, pods, key, alerts }: DatabaseStackProps) {
    super(scope, id, { environment, description: 'Aurora PostgreSQL, with a database and a role per owning service' });
    this.database = new RelationalDatabase(this, 'Database', {
      name: this.prefix,
      network,
      key,
      alerts,
      retained: environment.protected,
      ...environment.database,
    });
    this.database.admit(pods, 'pods');
    new DatabaseOwners(this, 'Owners', {
      functionName: partName(environment.name, 'database-owners'),
      database: this.database,
      network,
      key,
      logDays: environment.functions.logDays,
      owners: databaseOwners(services),
      readers: databaseReaders(services),
    });
    this.publish(outputNames.databaseAddress, this.database.address);
  }
}

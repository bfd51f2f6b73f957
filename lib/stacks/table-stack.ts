import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import { ItemTable } from '../constructs/stores/item-table.ts';
import type { Environment } from '../environment/environment.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { PlatformStack } from './platform-stack.ts';

export type TableStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  readonly key: IKey;
  readonly alerts: AlertTopics;
};

export class TableStack extends PlatformStack {
  private readonly tables = new Map<string, TableV2>();

  constructor(scope: Construct, id: string, { environment, services, key, alerts }: TableStackProps) {
    super(scope, id, { environment, description: 'DynamoDB tables that the services declare' });
    for (const { name: owner, owns } of services)
      for (const [name, declaration] of Object.entries(owns.tables ?? {})) {
        const { table } = new ItemTable(this, name, {
          declaration,
          owner,
          key,
          alerts,
          retained: environment.protected,
        });
        this.tables.set(name, table);
        this.publish(outputNames.table(name), table.tableName);
      }
  }

  /** Every table, in the order of declaration. */
  get all(): TableV2[] {
    return [...this.tables.values()];
  }

  /** The table of a name that some manifest declares. */
  named(name: string): TableV2 {
    const table = this.tables.get(name);
    if (!table) throw new Error(`no manifest declares a table "${name}"; known: ${[...this.tables.keys()].join(', ')}`);
    return table;
  }
}

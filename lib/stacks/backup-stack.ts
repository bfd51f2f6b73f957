import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import { RecoveryPlan, type RecoveryPlanProps } from '../constructs/stores/recovery-plan.ts';
import type { Environment } from '../environment/environment.ts';
import { PlatformStack } from './platform-stack.ts';

export type BackupStackProps = {
  readonly environment: Environment;
  readonly backups: NonNullable<Environment['backups']>;
  readonly stores: RecoveryPlanProps['stores'];
  readonly restoreInto: RecoveryPlanProps['restoreInto'];
  readonly key: IKey;
  readonly alerts: AlertTopics;
};

export class BackupStack extends PlatformStack {
  constructor(scope: Construct, id: string, { environment, backups, ...props }: BackupStackProps) {
    super(scope, id, { environment, description: 'Nightly copies of the stores, and weekly restores on trial' });
    new RecoveryPlan(this, 'Recovery', { name: this.prefix, retained: environment.protected, ...props, ...backups });
  }
}

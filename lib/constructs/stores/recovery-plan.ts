import { Duration, Stack } from 'aws-cdk-lib';
import {
  BackupPlan,
  BackupPlanRule,
  BackupResource,
  BackupVault,
  CfnRestoreTestingPlan,
  CfnRestoreTestingSelection,
} from 'aws-cdk-lib/aws-backup';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Environment } from '../../environment/environment.ts';
import { acknowledge, acknowledgeManagedPolicies } from '../../guards/acknowledge.ts';
import type { AlertTopics } from '../owned-alarm.ts';
import { removalPolicyOf } from '../removal-policy.ts';

export type RecoveryPlanProps = NonNullable<Environment['backups']> & {
  /** Name of the vault, and start of the names of plans. */
  readonly name: string;
  readonly key: IKey;
  readonly alerts: AlertTopics;
  /** What is backed up, with the type under which restore tests know it. */
  readonly stores: readonly { readonly arn: string; readonly type: 'Aurora' | 'DynamoDB' }[];
  /** Where databases are restored on trial: subnet group, and security groups. Absent ones would be those of a default VPC, which may be gone. */
  readonly restoreInto: { readonly subnetGroupName: string; readonly securityGroupIds: readonly string[] };
  /** Whether recovery points outlive the stack. */
  readonly retained: boolean;
};

/** Copies that survive the deletion of what they copy, made every night; once a week one of each is restored on trial. */
export class RecoveryPlan extends Construct {
  readonly vault: BackupVault;

  constructor(scope: Construct, id: string, props: RecoveryPlanProps) {
    super(scope, id);
    const { name, stores, alerts } = props;
    this.vault = new BackupVault(this, 'Vault', {
      backupVaultName: name,
      encryptionKey: props.key,
      blockRecoveryPointDeletion: props.retained,
      removalPolicy: removalPolicyOf(props.retained),
    });
    const role = new Role(this, 'Role', {
      roleName: `${name}-backup`,
      assumedBy: new ServicePrincipal('backup.amazonaws.com'),
      managedPolicies: ['AWSBackupServiceRolePolicyForBackup', 'AWSBackupServiceRolePolicyForRestores'].map((policy) =>
        ManagedPolicy.fromAwsManagedPolicyName(`service-role/${policy}`),
      ),
    });
    acknowledgeManagedPolicies(
      role,
      'AWS Backup asks for these policies by name and changes them with the stores that it learns.',
      'service-role/AWSBackupServiceRolePolicyForBackup',
      'service-role/AWSBackupServiceRolePolicyForRestores',
    );
    const plan = new BackupPlan(this, 'Plan', { backupPlanName: name, backupVault: this.vault });
    plan.addRule(
      new BackupPlanRule({
        ruleName: 'nightly',
        scheduleExpression: Schedule.cron({ hour: '2', minute: '0' }),
        startWindow: Duration.hours(1),
        completionWindow: Duration.hours(6),
        deleteAfter: Duration.days(props.keepDays),
        ...(props.copyToVault
          ? {
              copyActions: [
                {
                  destinationBackupVault: BackupVault.fromBackupVaultArn(this, 'CopyVault', props.copyToVault),
                  deleteAfter: Duration.days(props.keepDays),
                },
              ],
            }
          : {}),
      }),
    );
    const selection = plan.addSelection('Stores', {
      role,
      resources: stores.map(({ arn }) => BackupResource.fromArn(arn)),
      disableDefaultBackupPolicy: true,
    });
    acknowledge(
      selection,
      'A selection holds nothing and every change replaces it; a strong reference would keep a table that leaves its manifest from being deleted.',
      'Rules::settled-by-strong-references',
    );
    if (props.restoreTests) this.addRestoreTests(props, role);
    this.tell(
      'BackupFailed',
      'Backup Job State Change',
      { state: ['ABORTED', 'EXPIRED', 'FAILED', 'PARTIAL'] },
      alerts,
    );
    this.tell('RestoreFailed', 'Restore Job State Change', { status: ['ABORTED', 'FAILED'] }, alerts);
  }

  private tell(id: string, detailType: string, detail: Record<string, string[]>, alerts: AlertTopics) {
    const rule = new Rule(this, id, {
      description: 'Jobs of AWS Backup that did not succeed; see docs/runbooks/backup-failed.md',
      eventPattern: { source: ['aws.backup'], detailType: [detailType], detail },
    });
    rule.addTarget(new SnsTopic(alerts.ticket));
  }

  private addRestoreTests({ name, stores, restoreInto }: RecoveryPlanProps, role: Role) {
    const planName = name.replaceAll('-', '_');
    const plan = new CfnRestoreTestingPlan(this, 'RestoreTests', {
      restoreTestingPlanName: planName,
      scheduleExpression: 'cron(0 5 ? * SUN *)',
      startWindowHours: 2,
      recoveryPointSelection: {
        algorithm: 'LATEST_WITHIN_WINDOW',
        includeVaults: [this.vault.backupVaultArn],
        recoveryPointTypes: ['SNAPSHOT', 'CONTINUOUS'],
        selectionWindowDays: 7,
      },
    });
    for (const type of new Set(stores.map((store) => store.type))) {
      const selection = new CfnRestoreTestingSelection(this, `Restore${type}`, {
        restoreTestingPlanName: planName,
        restoreTestingSelectionName: type.toLowerCase(),
        protectedResourceType: type,
        protectedResourceArns: stores.filter((store) => store.type === type).map(({ arn }) => arn),
        iamRoleArn: role.roleArn,
        // Source: AWS Backup developer guide, "Restore testing inferred metadata", Aurora.
        ...(type === 'Aurora'
          ? {
              restoreMetadataOverrides: {
                dbSubnetGroupName: restoreInto.subnetGroupName,
                vpcSecurityGroupIds: Stack.of(this).toJsonString(restoreInto.securityGroupIds),
              },
            }
          : {}),
      });
      selection.node.addDependency(plan);
    }
  }
}

import { CrossStackReferences, Duration, ReferenceStrength } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AttributeType,
  Billing,
  Operation,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { TableDeclaration } from '../../../services/kit/manifest.ts';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';
import { removalPolicyOf } from '../removal-policy.ts';

export type ItemTableProps = {
  readonly declaration: TableDeclaration;
  /** Name of the service that owns the table and answers its alarms. */
  readonly owner: string;
  readonly key: IKey;
  readonly alerts: AlertTopics;
  /** Whether the items outlive the stack. */
  readonly retained: boolean;
};

/** A DynamoDB table as a manifest declares it: on demand, encrypted, restorable to any second of the last 35 days. */
export class ItemTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { declaration, owner, key, alerts, retained }: ItemTableProps) {
    super(scope, id);
    const attribute = (name: string) => ({ name, type: AttributeType.STRING });
    this.table = new TableV2(this, 'Table', {
      partitionKey: attribute(declaration.partitionKey),
      sortKey: declaration.sortKey ? attribute(declaration.sortKey) : undefined,
      timeToLiveAttribute: declaration.expiresAt,
      dynamoStream: declaration.stream ? StreamViewType.NEW_AND_OLD_IMAGES : undefined,
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(key),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: retained,
      removalPolicy: removalPolicyOf(retained),
    });
    // What is woken by the stream is bound to it for life.
    if (declaration.stream) CrossStackReferences.of(this.table).produce(ReferenceStrength.STRONG);
    const alarm = {
      alerts,
      owner,
      severity: 'ticket',
      runbook: 'table-throttling',
      threshold: 0,
      evaluationPeriods: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    } as const;
    const operations = [Operation.PUT_ITEM, Operation.GET_ITEM, Operation.QUERY, Operation.UPDATE_ITEM];
    new OwnedAlarm(this, 'Throttled', {
      ...alarm,
      meaning: `The table ${id} has refused requests because of its throughput for 10 minutes.`,
      metric: this.table.metricThrottledRequestsForOperations({ operations, period: Duration.minutes(5) }),
    });
    new OwnedAlarm(this, 'Failing', {
      ...alarm,
      meaning: `DynamoDB has failed requests to the table ${id} for 10 minutes.`,
      metric: this.table.metricSystemErrorsForOperations({ operations, period: Duration.minutes(5) }),
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';

/** Shares of an account's mails, below those at which SES looks at the account and then stops it (SES developer guide, "Reputation metrics"). */
const limits = [
  ['Bounces', 'Reputation.BounceRate', 0.03, 'come back, and SES reviews an account at 5 %'],
  ['Complaints', 'Reputation.ComplaintRate', 0.0008, 'are reported as spam, and SES reviews an account at 0.1 %'],
] as const;

/** Alarms on how receivers take the mails of the account. Single bounces ring nowhere: SES sends no more to such an address by itself. */
export const addReputationAlarms = (scope: Construct, alerts: AlertTopics): void => {
  for (const [id, metricName, threshold, meaning] of limits)
    new OwnedAlarm(scope, id, {
      alerts,
      severity: 'ticket',
      owner: 'platform',
      runbook: 'mail-reputation',
      meaning: `More than ${Number((threshold * 100).toFixed(2))} % of the mails ${meaning}.`,
      metric: new Metric({ namespace: 'AWS/SES', metricName, statistic: 'Average', period: Duration.hours(1) }),
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
};

/** What rings when a Lambda fails, is late or leaves something lying. */
import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnEventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, type LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { deadLetterTopicOf, type ServiceManifest } from '../../../services/kit/manifest.ts';
import { type AlertTopics, OwnedAlarm, type Severity } from '../owned-alarm.ts';

type Owner = { readonly service: ServiceManifest; readonly alerts: AlertTopics };

type AlarmProps = Owner & {
  readonly severity: Severity;
  readonly runbook: string;
  readonly meaning: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** Default 1. */
  readonly evaluationPeriods?: number;
};

const addAlarm = (scope: Construct, id: string, { service, evaluationPeriods = 1, ...props }: AlarmProps) =>
  new OwnedAlarm(scope, id, {
    ...props,
    owner: service.name,
    evaluationPeriods,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });

const period = Duration.minutes(5);

export type FunctionAlarmsProps = Owner & {
  readonly function: LambdaFunction;
  /** Of the metric that counts errors in the log. */
  readonly metricNamespace: string;
  readonly logGroup: LogGroup;
  /** Time limit of one invocation. */
  readonly timeout: Duration;
  readonly failedInvocations: IQueue;
};

/** Alarms on a Lambda, its log and its queue of failed invocations. */
export const addFunctionAlarms = (scope: Construct, props: FunctionAlarmsProps): void => {
  const { service, alerts, logGroup, timeout, failedInvocations } = props;
  const owner = { service, alerts };
  addAlarm(scope, 'FailedInvocationsWaiting', {
    ...owner,
    severity: 'ticket',
    runbook: 'failed-events',
    meaning: `Invocations of ${service.name} that failed for good wait in a queue.`,
    metric: failedInvocations.metricApproximateNumberOfMessagesVisible({ period }),
    threshold: 0,
  });
  addAlarm(scope, 'Errors', {
    ...owner,
    severity: 'page',
    runbook: 'function-errors',
    meaning: `${service.name} has failed in more than 5 invocations in 5 minutes.`,
    metric: props.function.metricErrors({ period }),
    threshold: 5,
  });
  const errorLines = logGroup.addMetricFilter('ErrorLines', {
    filterPattern: FilterPattern.stringValue('$.level', '=', 'error'),
    metricNamespace: props.metricNamespace,
    metricName: `${service.name}-error-lines`,
  });
  addAlarm(scope, 'ErrorLogged', {
    ...owner,
    severity: 'ticket',
    runbook: 'function-errors',
    meaning: `${service.name} has logged an error: something waits for too long, or is not tried any more.`,
    metric: errorLines.metric({ period, statistic: 'Sum' }),
    threshold: 0,
  });
  if (service.freshWithinSeconds !== undefined) {
    const ages = logGroup.addMetricFilter('Freshness', {
      filterPattern: FilterPattern.exists('$.freshnessMs'),
      metricNamespace: props.metricNamespace,
      metricName: `${service.name}-freshness`,
      metricValue: '$.freshnessMs',
    });
    addAlarm(scope, 'Stale', {
      ...owner,
      severity: 'ticket',
      runbook: 'consumer-lag',
      meaning: `Events have had their effect in ${service.name} later than after ${service.freshWithinSeconds} s.`,
      metric: ages.metric({ period, statistic: 'Maximum' }),
      threshold: service.freshWithinSeconds * 1000,
    });
  }
  addAlarm(scope, 'Throttles', {
    ...owner,
    severity: 'ticket',
    runbook: 'function-errors',
    meaning: `${service.name} has been held back by its concurrency limit for 15 minutes.`,
    metric: props.function.metricThrottles({ period }),
    threshold: 0,
    evaluationPeriods: 3,
  });
  addAlarm(scope, 'Duration', {
    ...owner,
    severity: 'ticket',
    runbook: 'function-errors',
    meaning: `Invocations of ${service.name} take more than half of their time limit.`,
    metric: props.function.metricDuration({ period, statistic: 'p99' }),
    threshold: timeout.toMilliseconds() / 2,
    evaluationPeriods: 3,
  });
};

export type DeadLetterAlarmProps = Owner & { readonly topic: string; readonly mapping: CfnEventSourceMapping };

/** Rings when a mapping of provisioned pollers writes to the dead letters of its topic. */
export const addDeadLetterAlarm = (scope: Construct, { topic, mapping, ...owner }: DeadLetterAlarmProps): void => {
  const { name } = owner.service;
  addAlarm(scope, `DeadLetters-${topic}`, {
    ...owner,
    severity: 'ticket',
    runbook: 'dead-letters',
    meaning: `Records of ${topic} that ${name} could not handle were put into ${deadLetterTopicOf(topic)}; it gets them again from there.`,
    metric: new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'OnFailureDestinationDeliveredEventCount',
      statistic: 'Sum',
      period,
      dimensionsMap: { EventSourceMappingUUID: mapping.attrId },
    }),
    threshold: 0,
  });
};

import { Alarm, type AlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** `page` wakes somebody: customers notice or data is at risk. `ticket` waits for working hours. */
export type Severity = 'page' | 'ticket';

/** One topic per severity. */
export type AlertTopics = Readonly<Record<Severity, ITopic>>;

export type OwnedAlarmProps = Omit<AlarmProps, 'alarmDescription' | 'actionsEnabled'> & {
  readonly alerts: AlertTopics;
  readonly severity: Severity;
  /** Who answers it: `platform` or the name of a service. */
  readonly owner: string;
  /** File under `docs/runbooks`, without its ending. */
  readonly runbook: string;
  /** One sentence: what is wrong when it rings. */
  readonly meaning: string;
};

/** An alarm that tells its severity's topic when it rings and when it is over, and says whose it is and what to do. */
export class OwnedAlarm extends Alarm {
  constructor(scope: Construct, id: string, { alerts, severity, owner, runbook, meaning, ...props }: OwnedAlarmProps) {
    super(scope, id, {
      ...props,
      alarmDescription: `${meaning} Owner: ${owner}. Severity: ${severity}. Runbook: docs/runbooks/${runbook}.md`,
    });
    const action = new SnsAction(alerts[severity]);
    this.addAlarmAction(action);
    this.addOkAction(action);
  }
}

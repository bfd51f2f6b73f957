/** Who is told of an alert that rings: the topic of its severity, as CloudWatch's alarms tell it. */
import type { Severity } from '../constructs/owned-alarm.ts';
import { MAINTENANCE_ALERT, RINGS_ALWAYS } from './rule.ts';

export type AlertManagerPlan = {
  readonly region: string;
  /** ARN of the topic of each severity. */
  readonly topics: Readonly<Record<Severity, string>>;
  /** Names of the services that own alerts. */
  readonly owners: readonly string[];
};

/** How long until somebody is told again that it still rings; Managed Prometheus repeats after five days at most. */
const repeatAfter: Readonly<Record<Severity, string>> = { page: '4h', ticket: '1d' };

/** Topics take 100 letters of ASCII as a subject and cut off a message of more than 256 KiB. */
const subject = '{{ .Status }}: {{ .CommonLabels.alertname }} of {{ .CommonLabels.owner }}';
const message =
  '{{ range .Alerts }}{{ .Status }} since {{ .StartsAt }}: {{ .Annotations.summary }} Owner: {{ .Labels.owner }}. Severity: {{ .Labels.severity }}. Runbook: {{ .Annotations.runbook }}\n{{ end }}';

/** Receiver of what says something to other alerts alone. */
const NOBODY = 'nobody';

/**
 * Alerts of a service that is known to be away wake nobody. One rule a service, because the name stands in different labels; what no
 * maintenance explains rings all the same.
 */
const silencesOf = (owners: readonly string[]) =>
  owners.map((owner) => ({
    source_matchers: [`alertname="${MAINTENANCE_ALERT}"`, `away="${owner}"`],
    target_matchers: [`owner="${owner}"`, `maintenance!="${RINGS_ALWAYS}"`],
  }));

/**
 * Configuration of an Alertmanager: one message for all that rings under one name and owner, and one when it is over.
 * What is neither a page nor a ticket does not exist; the route of tickets takes it.
 */
export const alertManagerConfiguration = ({ region, topics, owners }: AlertManagerPlan) => ({
  route: {
    receiver: 'ticket',
    group_by: ['alertname', 'owner'],
    group_wait: '30s',
    group_interval: '5m',
    repeat_interval: repeatAfter.ticket,
    routes: [
      { receiver: NOBODY, matchers: [`alertname="${MAINTENANCE_ALERT}"`] },
      { receiver: 'page', matchers: ['severity="page"'], repeat_interval: repeatAfter.page },
    ],
  },
  inhibit_rules: silencesOf(owners),
  receivers: [
    ...(['page', 'ticket'] as const).map((severity) => ({
      name: severity,
      sns_configs: [{ sigv4: { region }, topic_arn: topics[severity], subject, message, send_resolved: true }],
    })),
    { name: NOBODY },
  ],
});

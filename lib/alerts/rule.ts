/** Rules of Prometheus, and the form in which Prometheus, Managed Prometheus and promtool read them. */
import type { Severity } from '../constructs/owned-alarm.ts';

export type AlertRule = {
  /** What is wrong, in PascalCase; the same for every service that it can be wrong with. */
  readonly alert: string;
  /** PromQL that has a result as long as it is wrong. */
  readonly expression: string;
  /** Minutes for which it must be wrong before anybody is told; 0: at once. */
  readonly forMinutes: number;
  readonly severity: Severity;
  /** Who answers it: `platform` or the name of a service. */
  readonly owner: string;
  /** One sentence: what is wrong when it rings. */
  readonly summary: string;
  /** File under `docs/runbooks`, without its ending. */
  readonly runbook: string;
  /** Whether it rings in a maintenance window of its owner too: what no maintenance explains. Default false. */
  readonly ringsAlways?: boolean;
  /** More labels, beside those of the expression. */
  readonly labels?: Readonly<Record<string, string>>;
};

/** A series that is computed at each evaluation and kept, so that long windows cost little. */
export type RecordingRule = {
  /** `level:what:operation`. */
  readonly record: string;
  readonly expression: string;
  readonly labels: Readonly<Record<string, string>>;
};

export type RuleGroup = { readonly name: string; readonly rules: readonly (AlertRule | RecordingRule)[] };

/** Alert that rings while a maintenance window is open; its label `away` names the service, whose own alerts it silences. */
export const MAINTENANCE_ALERT = 'MaintenanceOpen';
/** Value of the label `maintenance` of alerts that it does not silence. */
export const RINGS_ALWAYS = 'rings';

/** Minutes between two evaluations; sums of recorded rates count on it. */
export const evaluationMinutes = 1;

/** Most rules of a group. Source: Managed Prometheus user guide, "Service quotas": 20 rules a rule group. */
export const mostRules = 20;

export const isAlert = (rule: AlertRule | RecordingRule): rule is AlertRule => 'alert' in rule;

/** All alerts of some groups. */
export const alertsOf = (groups: readonly RuleGroup[]): AlertRule[] =>
  groups.flatMap(({ rules }) => rules.filter(isAlert));

/** Who answers some of the alerts, by name. */
export const ownersOf = (groups: readonly RuleGroup[]): string[] =>
  [...new Set(alertsOf(groups).map(({ owner }) => owner))].toSorted();

/** Labels that an alert carries beside those of its expression. */
export const labelsOf = ({ severity, owner, ringsAlways = false, labels = {} }: AlertRule): Record<string, string> => ({
  ...labels,
  severity,
  owner,
  ...(ringsAlways && { maintenance: RINGS_ALWAYS }),
});

/** What an alert says to whoever is told. */
export const annotationsOf = ({ summary, runbook }: AlertRule): Record<string, string> => ({
  summary,
  runbook: `docs/runbooks/${runbook}.md`,
});

/** The groups as a rule file has them. */
export const ruleFile = (groups: readonly RuleGroup[]) => ({
  groups: groups.map(({ name, rules }) => ({
    name,
    interval: `${evaluationMinutes}m`,
    rules: rules.map((rule) =>
      isAlert(rule)
        ? {
            alert: rule.alert,
            expr: rule.expression,
            for: `${rule.forMinutes}m`,
            labels: labelsOf(rule),
            annotations: annotationsOf(rule),
          }
        : { record: rule.record, expr: rule.expression, labels: rule.labels },
    ),
  })),
});

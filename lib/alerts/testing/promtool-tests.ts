/** Cases of alerts in the words of promtool. Source: Prometheus documentation, "Unit testing for rules". */
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { type AlertRule, alertsOf, annotationsOf, labelsOf, type RuleGroup } from '../rule.ts';
import { alertCases } from './alert-cases.ts';
import type { AlertCase, Course, SeriesCase } from './series-case.ts';

/** Minutes of peace before the trouble. */
const quietMinutes = 10;

/** Samples of the phases one after the other; a counter goes on from where the phase before left it. */
const samples = (kind: SeriesCase['kind'], phases: readonly (readonly [Course, number])[]): string => {
  let reached = 0;
  const texts = phases.map(([course, minutes]) => {
    if (typeof course === 'string') return course;
    if (course === null) return `_x${minutes}`;
    if (kind === 'gauge') return `${course}x${minutes - 1}`;
    const text = `${reached}+${course}x${minutes - 1}`;
    reached += course * minutes;
    return text;
  });
  return texts.join(' ');
};

const expected = (rule: AlertRule, { found = {} }: AlertCase) => {
  const labels = { ...found, ...labelsOf(rule) };
  const filled = (text: string) =>
    text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => found[name] ?? '');
  const annotations = Object.fromEntries(
    Object.entries(annotationsOf(rule)).map(([name, text]) => [name, filled(text)]),
  );
  return { exp_labels: labels, exp_annotations: annotations };
};

const testsOf = (rule: AlertRule, rung: AlertCase) => {
  const { series, badMinutes, clearMinutes } = rung;
  const course = (pick: (each: SeriesCase) => Course, minutes: number) =>
    series.map((each) => ({
      series: each.series,
      values: samples(each.kind, [
        [each.good, quietMinutes],
        [pick(each), minutes],
        [each.good, clearMinutes + 1],
      ]),
    }));
  const at = (minute: number, rings: boolean) => ({
    eval_time: `${minute}m`,
    alertname: rule.alert,
    exp_alerts: rings ? [expected(rule, rung)] : [],
  });
  const [before, worst] = [quietMinutes - 1, quietMinutes + badMinutes - 1];
  const whole = {
    name: `${rule.alert} rings and ends`,
    interval: '1m',
    input_series: course(({ bad }) => bad, badMinutes),
    alert_rule_test: [
      at(before, false),
      // Too short to wake anybody, where it has to last.
      ...(rule.forMinutes > 0 ? [at(quietMinutes + Math.max(0, rule.forMinutes - 2), false)] : []),
      at(worst, true),
      at(worst + clearMinutes, false),
    ],
  };
  const silences = (series[0]?.silent ?? []).map((_, way) => ({
    name: `${rule.alert} is silent, way ${way + 1}`,
    interval: '1m',
    input_series: course(({ silent }) => silent[way] ?? null, badMinutes),
    alert_rule_test: [quietMinutes + Math.floor(badMinutes / 2), worst, worst + clearMinutes].map((minute) =>
      at(minute, false),
    ),
  }));
  return [whole, ...silences];
};

/** What promtool is to try with the rules of one group, which stand in `ruleFile`. */
export const promtoolTests = (group: RuleGroup, ruleFile: string, services: readonly ServiceManifest[]) => ({
  rule_files: [ruleFile],
  evaluation_interval: '1m',
  tests: alertsOf([group]).flatMap((rule) => alertCases(rule, services).flatMap((rung) => testsOf(rule, rung))),
});

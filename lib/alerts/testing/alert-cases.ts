/** For each alert the series with which it must ring, and those just beside them with which it must not. Counters grow by so much a minute. */
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { type AlertRule, labelsOf } from '../rule.ts';
import { businessCases } from './business-cases.ts';
import { burnCase, integrityCases } from './objective-cases.ts';
import type { AlertCase } from './series-case.ts';
import { serviceCases } from './service-cases.ts';

/** Cases of one alert; none is an alert that nobody has tried. */
export const alertCases = (rule: AlertRule, services: readonly ServiceManifest[]): AlertCase[] => {
  const { service = '', objective = '' } = labelsOf(rule);
  const memoryMiB = services.find(({ name }) => name === service)?.size.memoryMiB ?? 0;
  const burning = /objective="([\w-]+)"/.exec(rule.expression)?.[1] ?? '';
  const drafts =
    objective === 'integrity'
      ? integrityCases([
          { service: 'order', kind: 'stock-adrift' },
          { service: 'payment', kind: 'amount-differs' },
        ])
      : [
          serviceCases(service, memoryMiB).get(rule.alert) ??
            businessCases.get(rule.alert) ??
            burnCase(rule.alert, burning),
        ];
  return drafts
    .filter((draft) => draft !== undefined)
    .map((draft) => ({ badMinutes: rule.forMinutes + 12, clearMinutes: 12, ...draft }));
};

import { stringify } from 'yaml';
import { ruleFile } from '../../../lib/alerts/rule.ts';
import { ruleGroups } from '../../../lib/alerts/rule-groups.ts';
import { services } from '../../../lib/services.ts';
import { print } from '../../command-line/print.ts';
import type { AlertsFlags } from '../alerts.ts';

/** Prints the rules of an environment as one file. */
export const runAlerts = ({ environment, json }: AlertsFlags): void => {
  const file = ruleFile(ruleGroups(services, environment.configuration));
  print(json, file, () => [stringify(file, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd()]);
};

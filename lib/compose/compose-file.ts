/** compose.yaml and what it mounts, written from the manifests. */
import { stringify } from 'yaml';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { ruleFile } from '../alerts/rule.ts';
import { ruleGroups } from '../alerts/rule-groups.ts';
import type { ComposeContainer } from './compose-container.ts';
import { peersOf, peerVolumes } from './compose-peers.ts';
import { ownContainers, ownVolumes } from './compose-services.ts';
import { dashboardProvider, dataSource, prometheusConfiguration } from './shop-metrics.ts';

const HEADER = `# Written by "npx cloudmart pages" from services/*/manifest.ts and lib/compose. The whole shop in containers:
#
#   npx cloudmart compose                 # secrets into .env, bundles into dist/bundles
#   docker compose up --build --detach
#   docker compose run --rm catalogue     # 3,200 films
`;
const WRITTEN = '# Written by "npx cloudmart pages" from services/*/manifest.ts and lib/compose.\n';

const asYaml = (value: unknown, header: string) =>
  `${header}${stringify(value, { aliasDuplicateObjects: false, lineWidth: 0, singleQuote: true })}`;

/** compose.yaml as an object. Throws one sentence when a service has the name of something that stands beside it. */
export const composeProject = (services: readonly ServiceManifest[]) => {
  const peers = peersOf(services);
  const beside = new Set([...Object.keys(peers), 'prepare', 'mailbox', 'catalogue']);
  const doubled = services.find(({ name }) => beside.has(name));
  if (doubled)
    throw new Error(
      `services/${doubled.name}/manifest.ts: compose.yaml has another container "${doubled.name}"; choose another name for one of them`,
    );
  const containers: Readonly<Record<string, ComposeContainer>> = { ...peers, ...ownContainers(services) };
  return {
    name: 'cloudmart',
    services: containers,
    volumes: Object.fromEntries([...peerVolumes, ...ownVolumes].map((name) => [name, {}])),
  };
};

/** Content of every file by its path in the checkout. */
export const composeFiles = (services: readonly ServiceManifest[]): ReadonlyMap<string, string> =>
  new Map([
    ['compose.yaml', asYaml(composeProject(services), HEADER)],
    ['compose/prometheus.yaml', asYaml(prometheusConfiguration(services), WRITTEN)],
    ['compose/alerts.yaml', asYaml(ruleFile(ruleGroups(services)), WRITTEN)],
    ['compose/grafana/provisioning/datasources/prometheus.yaml', asYaml(dataSource, WRITTEN)],
    ['compose/grafana/provisioning/dashboards/shop.yaml', asYaml(dashboardProvider, WRITTEN)],
  ]);

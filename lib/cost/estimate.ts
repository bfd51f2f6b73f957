/** A month's cost of one environment, read from its templates; what usage alone decides is named and left out. */
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import type { Environment } from '../environment/environment.ts';
import { replicasOf } from '../environment/environment-checks.ts';
import type { StackTemplate } from '../templates/template.ts';
import { autoModeShare, hoursPerMonth, type PriceName, prices, priceTable, spotShare } from './prices.ts';
import { byUse, type CostLine, free, resourceLines } from './resource-costs.ts';

export type CostItem = CostLine & { readonly stack: string; readonly resource: string; readonly usdPerMonth: number };

export type CostEstimate = {
  readonly environment: string;
  /** Day on which the oldest price in the sum was read. */
  readonly asOf: string;
  readonly usdPerMonth: number;
  readonly stacks: readonly { readonly stack: string; readonly usdPerMonth: number }[];
  readonly items: readonly CostItem[];
  /** What is assumed where the template does not say. */
  readonly assumptions: readonly string[];
  /** What is billed by use and not in the sum. */
  readonly leftOut: readonly string[];
  /** What would lower the sum, with what it costs. */
  readonly levers: readonly string[];
};

const cents = (usd: number) => Math.round(usd * 100) / 100;

const monthly = ({ price, quantity }: CostLine) =>
  cents(prices[price].usd * quantity * (prices[price].unit === 'hour' ? hoursPerMonth : 1));

/** Millicores that each node needs for itself and its agents. */
const NODE_OVERHEAD_MILLIS = 350;
const NODE_MILLIS = 1930;

/** Nodes that hold the smallest number of pods: Kubernetes makes them, no template lists them. */
const nodeLines = (environment: Environment, services: readonly ServiceManifest[]): CostLine[] => {
  const { cluster } = environment;
  const inCluster = services.filter(runsInCluster);
  const millis = inCluster.reduce(
    (sum, service) => sum + service.size.cpuMillis * replicasOf(service, environment).min,
    0,
  );
  const nodes = Math.max(
    Math.ceil(millis / (NODE_MILLIS - NODE_OVERHEAD_MILLIS)),
    environment.protected ? environment.network.zones.length : 1,
  );
  const price: PriceName = cluster.nodes.categories.includes('t') ? 'nodeMedium' : 'nodeLarge';
  const share = cluster.capacity === 'spot' ? spotShare : 1;
  return [
    { what: `${nodes} nodes (${cluster.capacity}) for ${millis} millicores of pods`, price, quantity: nodes * share },
    ...(cluster.compute === 'auto-mode'
      ? [{ what: `EKS Auto Mode for ${nodes} nodes`, price, quantity: nodes * autoModeShare } as const]
      : []),
  ];
};

const doorLines = ({ publicDoor, network }: Environment): CostLine[] =>
  publicDoor
    ? [
        { what: 'application load balancer', price: 'loadBalancer', quantity: 1 },
        { what: 'one load-balancer capacity unit', price: 'loadBalancerUnit', quantity: 1 },
        { what: 'its public addresses', price: 'publicAddress', quantity: network.zones.length },
      ]
    : [];

/** Millions of traces that begin in a month: where nobody visits, most by the clocks of the services. */
const tracesBegun = ({ name }: Environment) => (name === 'production' ? 10 : 1);

const traceLines = (environment: Environment): CostLine[] => {
  const { traces } = environment;
  const begun = tracesBegun(environment);
  return traces
    ? [{ what: `${traces.share} of ${begun} million traces`, price: 'recordedTraces', quantity: traces.share * begun }]
    : [];
};

const levers = (
  { name, network, eventStream, functions, database, cluster, protected: isProtected }: Environment,
  item: (what: RegExp) => number,
): string[] => [
  ...(network.natGateways > 1
    ? [
        `one NAT gateway instead of ${network.natGateways}: a zone's failure takes the others' way out (saves ${cents((item(/NAT gateway/) / network.natGateways) * (network.natGateways - 1))})`,
      ]
    : []),
  ...(network.interfaceEndpoints.length > 0
    ? [`no interface endpoints: AWS APIs through NAT, paid by the GB (saves ${item(/interface endpoint/)})`]
    : []),
  ...(cluster.capacity === 'on-demand'
    ? [`spot nodes (saves about ${cents(item(/nodes \(on-demand\)/) * (1 - spotShare))})`]
    : []),
  ...(functions.pollers
    ? [`on-demand pollers: no bisecting and at most ten tries for a failing batch (saves ${item(/event poller/)})`]
    : []),
  ...(eventStream.brokerType === 'kafka.t3.small'
    ? []
    : [`kafka.t3.small brokers (saves about ${cents(item(/brokers/) * 0.77)})`]),
  ...(database.readers > 0
    ? [
        `no reader: minutes without a database when its zone fails (saves ${cents((item(/capacity units/) / (database.readers + 1)) * database.readers)})`,
      ]
    : []),
  `nodes only in working hours (\`kubectl scale\`, 50 of 168 hours; saves about ${cents(item(/nodes \(/) * 0.7)}); the database then pauses too where its minimum is 0`,
  ...(isProtected
    ? []
    : [`none of it while nobody works on ${name}: \`npx cdk destroy '${name}/**'\` (saves ${item(/./)})`]),
];

/** Estimates one environment. `stacks` are its templates. Throws when a template holds a type that no price rule knows. */
export const estimateCost = (
  environment: Environment,
  services: readonly ServiceManifest[],
  stacks: readonly StackTemplate[],
): CostEstimate => {
  const unknown = new Set<string>();
  const leftOut = new Set<string>();
  const priced = (stack: string, resource: string, line: CostLine): CostItem => ({
    stack,
    resource,
    ...line,
    usdPerMonth: monthly(line),
  });
  const items = stacks.flatMap(({ stack, template }) =>
    Object.entries(template.Resources ?? {}).flatMap(([resource, { Type, Properties = {} }]) => {
      const rule = resourceLines.get(Type);
      const use = byUse.get(Type);
      if (use) leftOut.add(use);
      if (rule) return rule(Properties, environment).map((line) => priced(stack, resource, line));
      if (!use && !free.test(Type)) unknown.add(Type);
      return [];
    }),
  );
  if (unknown.size > 0)
    throw new Error(
      `no price rule knows ${[...unknown].join(', ')}; add it to lib/cost/resource-costs.ts, if only as free`,
    );
  items.push(...nodeLines(environment, services).map((line) => priced('Cluster', 'nodes', line)));
  items.push(...doorLines(environment).map((line) => priced('Workloads', 'ingress', line)));
  items.push(...traceLines(environment).map((line) => priced('Cluster', 'traces', line)));
  const perStack = new Map<string, number>();
  for (const { stack, usdPerMonth } of items) perStack.set(stack, cents((perStack.get(stack) ?? 0) + usdPerMonth));
  const sumOf = (what: RegExp) =>
    cents(items.filter((item) => what.test(item.what)).reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0));
  return {
    environment: environment.name,
    asOf: items.map(({ price }) => prices[price].asOf).reduce((one, two) => (one < two ? one : two)),
    usdPerMonth: sumOf(/./),
    stacks: [...perStack]
      .map(([stack, usdPerMonth]) => ({ stack, usdPerMonth }))
      .sort((one, two) => two.usdPerMonth - one.usdPerMonth),
    items: items.toSorted((one, two) => two.usdPerMonth - one.usdPerMonth),
    assumptions: [
      `${priceTable.region}, ${priceTable.purchase}, ${hoursPerMonth} hours a month`,
      'pods at their smallest number; two vCPU per node; the system pool of Auto Mode empty',
      'the database awake all month at its smallest capacity, but not below 0.5 ACU, because outboxes are polled; 20 GB of data',
      '5 GB of logs a month per environment that nobody visits, 50 GB in production; 2 GB of images per service',
      `${tracesBegun(environment)} million traces begin a month, of which the share of the environment is recorded`,
      ...(environment.region === priceTable.region
        ? []
        : [`prices of ${priceTable.region} stand in for ${environment.region}`]),
    ],
    leftOut: [...leftOut].sort(),
    levers: levers(environment, sumOf),
  };
};

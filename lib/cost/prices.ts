/** List prices of AWS. Look at the source again before you budget, and change `asOf` with the numbers. */

export type Price = {
  readonly usd: number;
  /** What one unit is. */
  readonly unit: 'hour' | 'GB-month' | 'month' | 'GB';
  readonly source: string;
};

/** Day of the numbers, region and purchase option they hold for. */
export const priceTable = {
  asOf: '2025-06-30',
  region: 'us-east-1',
  currency: 'USD',
  purchase: 'on demand, without tax, free tier or discount',
} as const;

const hourly = (usd: number, source: string): Price => ({
  usd,
  unit: 'hour',
  source: `https://aws.amazon.com/${source}/pricing/`,
});
const other = (usd: number, unit: Price['unit'], source: string): Price => ({
  usd,
  unit,
  source: `https://aws.amazon.com/${source}/pricing/`,
});

export const prices = {
  eksControlPlane: hourly(0.1, 'eks'),
  /** c6a.large, two vCPU and 4 GiB: what Auto Mode tends to choose from c, m and r. */
  nodeLarge: hourly(0.0765, 'ec2/on-demand'),
  /** t3a.medium, two vCPU and 4 GiB. */
  nodeMedium: hourly(0.0376, 'ec2/on-demand'),
  /** t4g.nano, two vCPU and 512 MiB. */
  hostNano: hourly(0.0042, 'ec2/on-demand'),
  natGateway: hourly(0.045, 'vpc'),
  publicAddress: hourly(0.005, 'vpc'),
  interfaceEndpointPerZone: hourly(0.01, 'privatelink'),
  loadBalancer: hourly(0.0225, 'elasticloadbalancing'),
  loadBalancerUnit: hourly(0.008, 'elasticloadbalancing'),
  auroraCapacityUnit: hourly(0.12, 'rds/aurora'),
  auroraStorage: other(0.1, 'GB-month', 'rds/aurora'),
  kafkaT3Small: hourly(0.0456, 'msk'),
  kafkaM7gLarge: hourly(0.204, 'msk'),
  kafkaM7gXlarge: hourly(0.408, 'msk'),
  kafkaStorage: other(0.1, 'GB-month', 'msk'),
  valkeyT4gMicro: hourly(0.0128, 'elasticache'),
  valkeyT4gSmall: hourly(0.0256, 'elasticache'),
  valkeyM7gLarge: hourly(0.1264, 'elasticache'),
  eventPollerUnit: hourly(0.185, 'lambda'),
  flinkUnit: hourly(0.11, 'managed-service-apache-flink'),
  metricsCollector: hourly(0.04, 'prometheus'),
  key: other(1, 'month', 'kms'),
  secret: other(0.4, 'month', 'secrets-manager'),
  alarm: other(0.1, 'month', 'cloudwatch'),
  queryAlarm: other(0.1, 'month', 'cloudwatch'),
  dashboard: other(3, 'month', 'cloudwatch'),
  logs: other(0.5, 'GB', 'cloudwatch'),
  hostedZone: other(0.5, 'month', 'route53'),
  firewall: other(5, 'month', 'waf'),
  firewallRule: other(1, 'month', 'waf'),
  imageStorage: other(0.1, 'GB-month', 'ecr'),
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;

/** Share of the on-demand price that spot nodes of these types have cost over a year, rounded up. */
export const spotShare = 0.4;
/** What EKS Auto Mode adds to the on-demand price of a node, spot or not. */
export const autoModeShare = 0.12;
export const hoursPerMonth = 730;

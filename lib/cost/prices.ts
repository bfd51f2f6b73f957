/**
 * List prices of AWS, each with the page and the day it was read. Look at a page again before you budget, and change the number with its day.
 * AWS's own price list needs an account or a network; what Karpenter generates from it weekly has the prices of all EC2 types.
 */

export type Price = {
  readonly usd: number;
  /** What one unit is. */
  readonly unit: 'hour' | 'GB-month' | 'month' | 'GB' | 'million';
  readonly source: string;
  /** Day on which the source said so, `2026-07-20`. */
  readonly asOf: string;
};

/** Region and purchase option that the numbers hold for. */
export const priceTable = {
  region: 'us-east-1',
  currency: 'USD',
  purchase: 'on demand, without tax, free tier or discount',
} as const;

const FIRST_READ = '2025-06-30';

const other = (usd: number, unit: Price['unit'], page: string): Price => ({
  usd,
  unit,
  source: `https://aws.amazon.com/${page}/pricing/`,
  asOf: FIRST_READ,
});
const hourly = (usd: number, page: string) => other(usd, 'hour', page);
/** An EC2 type. Source: aws/karpenter-provider-aws at 6fc13b5, "generated at 2026-07-20T13:44:30Z for us-east-1". */
const instance = (usd: number): Price => ({
  usd,
  unit: 'hour',
  source: 'https://github.com/aws/karpenter-provider-aws/blob/main/pkg/providers/pricing/zz_generated.pricing_aws.go',
  asOf: '2026-07-20',
});

export const prices = {
  eksControlPlane: hourly(0.1, 'eks'),
  /** c6a.large, two vCPU and 4 GiB: what Auto Mode tends to choose from c, m and r. */
  nodeLarge: instance(0.0765),
  /** t3a.medium, two vCPU and 4 GiB. */
  nodeMedium: instance(0.0376),
  /** t4g.nano, two vCPU and 512 MiB. */
  hostNano: instance(0.0042),
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
  recordedTraces: other(5, 'million', 'xray'),
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

/** Days after which a price is looked at again before it is believed. */
export const MAX_PRICE_AGE_DAYS = 730;

/** A sentence for each price that was read more than so many days before `now`: what it is, and what to do. */
export const agedPrices = (now: Date, days = MAX_PRICE_AGE_DAYS): string[] =>
  Object.entries<Price>(prices)
    .filter(([, { asOf }]) => now.getTime() - Date.parse(asOf) > days * 86_400_000)
    .map(
      ([name, { usd, unit, source, asOf }]) =>
        `${name}, ${usd} USD per ${unit}, was read on ${asOf}: look at ${source}, then change lib/cost/prices.ts`,
    );

import { expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib/core';
import { PlatformNetwork } from '../constructs/platform-network.ts';
import { environments } from '../environments.ts';
import type { Environment } from './environment.ts';
import { subnetRanges } from './subnet-ranges.ts';

const zones = (count: number) => ['us-east-1a', 'us-east-1b', 'us-east-1c'].slice(0, count);
const networks: Environment['network'][] = [
  ...environments.map(({ network }) => network),
  { ...(environments[0] as Environment).network, cidr: '172.31.0.0/16', zones: zones(2) },
];

test.each(networks)('network policies name the subnets that the VPC $cidr really has', (network) => {
  const stack = new Stack(new App(), 'Network', { env: { account: '111122223333', region: 'us-east-1' } });
  const { cidrs } = new PlatformNetwork(stack, 'Network', { ...network, name: 'test' });
  expect(subnetRanges(network)).toEqual(cidrs);
});

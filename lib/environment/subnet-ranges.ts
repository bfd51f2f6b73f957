import type { Environment } from './environment.ts';

/** CIDRs per kind of subnet, one for each zone. */
export type SubnetRanges = {
  /** Addresses of the load balancer. */
  readonly public: readonly string[];
  /** Pods, nodes and the endpoints of AWS APIs. */
  readonly private: readonly string[];
  /** Databases, brokers and caches. */
  readonly data: readonly string[];
};

/** Prefix lengths in the order in which the VPC hands out its range. */
const prefixes = { public: 24, private: 19, data: 24 } as const;

/** An IPv4 address as people write it, from its 32 bits. */
export const dotted = (address: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

/**
 * Ranges of an environment's subnets, computed as the VPC computes them: one after another, each aligned to its size.
 * Network policies need them as literals without asking a stack; a test compares them with the synthesized VPC.
 */
export const subnetRanges = ({ cidr, zones }: Environment['network']): SubnetRanges => {
  let next = (cidr.split('/')[0] as string).split('.').reduce((value, part) => value * 256 + Number(part), 0);
  const take = (prefix: number) =>
    zones.map(() => {
      const size = 2 ** (32 - prefix);
      const start = Math.ceil(next / size) * size;
      next = start + size;
      return `${dotted(start)}/${prefix}`;
    });
  return { public: take(prefixes.public), private: take(prefixes.private), data: take(prefixes.data) };
};

/** An account in which nothing is wrong for these services, and the names that lead to it. */
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import type { Environment } from '../../environment/environment.ts';
import { expectedSecrets } from '../preflight/preflight-secrets.ts';
import type { PeerAccount } from './aws-peer.ts';
import type { DnsPeer } from './dns-peer.ts';

const NAME_SERVERS = ['ns-1.awsdns-01.example', 'ns-2.awsdns-02.example'];

/** Trust policy as EKS Pod Identity needs it. */
export const podTrust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] },
  ],
};

export const healthyAccount = (
  account: string,
  environment: Environment,
  services: readonly ServiceManifest[],
): PeerAccount => {
  const role = (name: string) => `cloudmart-${environment.name}-${name}`;
  const own = { environment: environment.name, platform: 'cloudmart' };
  return {
    account,
    secrets: new Map(
      expectedSecrets(environment, services).map(({ id }) => [id, { value: 'qT7vZbN3wXcR9kLmPs4dHy6uJf2gWe8a' }]),
    ),
    associations: new Map(services.map(({ name }) => [name, `arn:aws:iam::${account}:role/${role(name)}`])),
    roles: new Map(services.map(({ name }) => [role(name), podTrust])),
    certificates: environment.publicDoor ? [{ host: environment.publicDoor.host, status: 'ISSUED' }] : [],
    zones: [
      {
        id: 'Z1',
        name: environment.domain,
        nameServers: NAME_SERVERS,
        records: environment.publicDoor ? [environment.publicDoor.host] : [],
      },
    ],
    quotas: new Map(),
    addresses: Array.from({ length: environment.network.natGateways }, () => own),
    vpcs: [own, {}],
    agents: new Map(),
  };
};

/** Teaches a DNS server that the environment's zone and host lead where they should. */
export const healthyNames = (dns: DnsPeer, { domain, publicDoor }: Environment): void => {
  dns.nameServers.set(domain, NAME_SERVERS);
  if (publicDoor) dns.hosts.set(publicDoor.host, '192.0.2.10');
};

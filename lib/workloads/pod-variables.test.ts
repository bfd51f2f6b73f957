/** What the cluster gives a service is read by the service's own reader: both sides of the same variables. */
import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { readConfig } from '../../services/kit/config/config.ts';
import { heldSecret } from '../../services/kit/config/held-secret.ts';
import { isNeeded } from '../../services/kit/configuration-declaration.ts';
import { runsInCluster } from '../../services/kit/manifest.ts';
import { environments } from '../environments.ts';
import { services } from '../services.ts';
import { environmentValues } from './environment-values.ts';
import { podVariables, staticConfiguration } from './pod-variables.ts';

const deployed: Readonly<Record<string, string>> = {
  DatabaseAddress: 'production.cluster-abc.us-east-1.rds.amazonaws.com:5432',
  EventBrokers: 'b-1.kafka.us-east-1.amazonaws.com:9098,b-2.kafka.us-east-1.amazonaws.com:9098',
  CacheAddress: 'master.production.abc.use1.cache.amazonaws.com:6379',
};
const outputOf = (name: string) => deployed[name] ?? `cloudmart-production-${name}`;
const [production] = environments.filter(({ name }) => name === 'production');
if (!production) throw new Error('there is no production environment');
const values = environmentValues(production, services, {}, outputOf);

test.each(services.filter(runsInCluster))('$name accepts the environment of its pods', async (service) => {
  const environment: Readonly<Record<string, string | undefined>> = {
    ...podVariables(service, services, values),
    ...staticConfiguration(service, values),
  };
  // What an issuer gives for a setting that is not in use nobody reads.
  const unread = Object.entries(service.configuration).flatMap(([key, declaration]) =>
    isNeeded(declaration, (plain) => environment[plain]) ? [] : [key],
  );
  // Nor is there a value where a manifest has no default and the environment sets none.
  const unset = Object.entries(service.configuration).flatMap(([key, declaration]) =>
    declaration.kind === 'plain' && declaration.default === undefined && environment[key] === undefined ? [key] : [],
  );
  const anything = z.object(
    Object.fromEntries(
      Object.entries(service.configuration).map(([key, { acceptsPrevious }]) => {
        const read = acceptsPrevious ? heldSecret : z.string();
        return [key, [...unread, ...unset].includes(key) ? read.optional() : read];
      }),
    ),
  );
  // One whose value of before counts too is asked for twice.
  const asked = new Set<string>();
  const config = await readConfig(service, anything, environment, {
    loadSecret: async (id) => {
      asked.add(id);
      return 'a-secret-of-more-than-32-characters-in-length';
    },
  });
  const given = Object.keys(environment).filter((key) => key.endsWith('_SECRET_ID'));
  expect(asked.size).toBe(given.length - unread.length);
  expect(config.probePort).toBeDefined();
  expect(Object.keys(config.callees)).toEqual(service.calls);
  expect(config.trustedProxies).toEqual(service.public ? ['10.30.0.0/24', '10.30.1.0/24', '10.30.2.0/24'] : []);
  expect(config.database?.auth).toBe(service.owns.database ? 'iam' : undefined);
});

/** Plain configuration that an environment gives to services. */
import {
  isNeeded,
  isStandIn,
  SERVES_CUSTOMERS,
  standInSentence,
} from '../../services/kit/configuration-declaration.ts';
import { hasStandIns, type ServiceManifest } from '../../services/kit/manifest.ts';
import { siteHost } from '../names.ts';
import { callSecretNames, secretNames } from '../services.ts';
import { pageAddresses } from '../variables/page-addresses.ts';
import { type ToldValues, toldProblems, toldValues } from '../variables/site-config.ts';
import type { Environment } from './environment.ts';
import { servesCustomers } from './readiness.ts';

const mailDomain = /@([^\s<>@]+)>?$/;

/**
 * What an environment sets beyond the manifest's defaults: senders at its own domain, pages of its own sites, its name, whom it tells of alarms, whether customers
 * are served, and what it says itself, which wins.
 */
export const configurationOf = (service: ServiceManifest, environment: Environment): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(service.configuration).flatMap(([key, { sender, contacts, environmentName, default: value }]) => {
      if (environmentName) return [[key, environment.name]];
      if (contacts) return [[key, environment.alerts.emails.join(',')]];
      return sender && value !== undefined ? [[key, value.replace(/@[^\s<>@]+/, `@${environment.domain}`)]] : [];
    }),
  ),
  // Without a public door there are no sites either (lib/platform.ts).
  ...pageAddresses(service, (site) => environment.publicDoor && `https://${siteHost(environment.domain, site)}`),
  ...environment.configuration[service.name],
  ...(servesCustomers(environment) && hasStandIns(service) && { [SERVES_CUSTOMERS]: 'true' }),
});

/** Secrets of its own that a service needs in an environment: those that others issue only where what they are for is in use. */
export const neededSecretNames = (service: ServiceManifest, environment: Environment): string[] => {
  const values = configurationOf(service, environment);
  const plainValue = (key: string) => values[key] ?? service.configuration[key]?.default;
  return Object.entries(service.configuration)
    .filter(([, declared]) => declared.kind === 'secret' && isNeeded(declared, plainValue))
    .map(([key]) => key);
};

/**
 * Keys that Secrets Manager holds for a service in an environment. A place for what others issue costs as much as a value, so it is made
 * where it is needed, and always where secrets outlive their stack: there an earlier place of the name would be in the way of a new one.
 */
export const secretKeysOf = (
  service: ServiceManifest,
  all: readonly ServiceManifest[],
  environment: Environment,
): string[] => [
  ...callSecretNames(service, all),
  ...(environment.protected ? secretNames(service) : neededSecretNames(service, environment)),
];

const senderProblems = (service: ServiceManifest, environment: Environment): string[] =>
  Object.entries(configurationOf(service, environment))
    .filter(([key]) => service.configuration[key]?.sender)
    .filter(([, value]) => mailDomain.exec(value)?.[1]?.toLowerCase() !== environment.domain)
    .map(
      ([key, value]) =>
        `configuration.${service.name}.${key}: "${value}" is no address at ${environment.domain}, from which alone the environment may send mail; write one there, or remove it for the default`,
    );

/** Plain values that only stand in for the real thing, as key and sentence, where customers are served. */
export const standInProblems = (
  service: ServiceManifest,
  environment: Environment,
): [key: string, sentence: string][] => {
  if (!servesCustomers(environment)) return [];
  const values = configurationOf(service, environment);
  return Object.entries(service.configuration).flatMap(([key, declared]) => {
    const value = values[key] ?? declared.default;
    return declared.kind === 'plain' && isStandIn(declared, value)
      ? [[key, `"${value}" ${standInSentence(declared)}`]]
      : [];
  });
};

/** What the pages of a site are told in an environment. */
export const toldIn = (
  { name }: Pick<ServiceManifest, 'name'>,
  services: readonly ServiceManifest[],
  environment: Environment,
): ToldValues => toldValues(name, services, (service, key) => configurationOf(service, environment)[key]);

/** What is wrong with values of a service that browsers would read, as key and sentence. */
export const browserValueProblems = (
  service: ServiceManifest,
  environment: Environment,
): [key: string, sentence: string][] => {
  const sites = new Set(Object.values(service.configuration).flatMap(({ toldTo }) => toldTo ?? []));
  return [...sites].flatMap((name) => toldProblems(toldIn({ name }, [service], environment)));
};

/** Problems of an environment's configuration with what the manifests declare, as `configuration.<service>...: <sentence>`. */
export const configurationProblems = (environment: Environment, services: readonly ServiceManifest[]): string[] => [
  ...Object.entries(environment.configuration).flatMap(([name, values]) => {
    const service = services.find((candidate) => candidate.name === name);
    if (!service)
      return [`configuration.${name}: no such service; known: ${services.map((known) => known.name).join(', ')}`];
    return Object.keys(values)
      .filter((key) => service.configuration[key]?.kind !== 'plain')
      .map(
        (key) =>
          `configuration.${name}.${key}: services/${name}/manifest.ts declares no plain value of this name; declare it there or remove it here`,
      );
  }),
  ...services.flatMap((service) => senderProblems(service, environment)),
  ...services.flatMap((service) =>
    browserValueProblems(service, environment).map(
      ([key, sentence]) => `configuration.${service.name}.${key}: ${sentence}`,
    ),
  ),
  ...services.flatMap((service) =>
    standInProblems(service, environment).map(
      ([key, sentence]) => `configuration.${service.name}.${key}: ${sentence} here`,
    ),
  ),
];

import { runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import { manifestProblem } from './manifest-problem.ts';

const checkSharedSecret = (service: ServiceManifest, key: string, services: readonly ServiceManifest[]) => {
  const { kind, ownedBy, issuedBy } = service.configuration[key] ?? {};
  if (kind !== 'secret')
    throw manifestProblem(service.name, `${key} is owned by "${ownedBy}" but is not secret; make it one`);
  const its = services.find(({ name }) => name === ownedBy)?.configuration[key];
  if (ownedBy === service.name || issuedBy !== undefined || its?.kind !== 'secret' || its.ownedBy !== undefined)
    throw manifestProblem(
      service.name,
      `${key} is owned by "${ownedBy}", which declares no secret of that name as its own; declare it there`,
    );
};

/** Throws what is wrong about the values that a service is configured with: addresses of pages, secrets of others, keys that others issue. */
export const checkConfiguration = (service: ServiceManifest, services: readonly ServiceManifest[]): void => {
  for (const [key, { kind, issuedBy, ownedBy, page, toldTo }] of Object.entries(service.configuration)) {
    const site = services.find(({ name }) => name === (page?.site ?? toldTo));
    if ((page || toldTo) && (kind !== 'plain' || site === undefined || runtimeOf(site) !== 'site'))
      throw manifestProblem(
        service.name,
        `${key} is ${page ? 'the address of a page' : 'told to pages'} of "${page?.site ?? toldTo}"; make it plain, and name a site of lib/services.ts`,
      );
    if (ownedBy !== undefined) checkSharedSecret(service, key, services);
    if (issuedBy === undefined) continue;
    const chosen = service.configuration[issuedBy.when.key];
    if (kind !== 'secret')
      throw manifestProblem(service.name, `${key} is issued by ${issuedBy.issuer} but is not secret; make it one`);
    if (chosen?.kind !== 'plain' || chosen.default === undefined || chosen.default === issuedBy.when.is)
      throw manifestProblem(
        service.name,
        `${key} of ${issuedBy.issuer} is needed when ${issuedBy.when.key} is "${issuedBy.when.is}"; declare that as a plain value with another default, with which the service starts on a laptop`,
      );
  }
};

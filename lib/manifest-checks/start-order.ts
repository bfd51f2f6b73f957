import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { manifestProblem } from './manifest-problem.ts';

/** The order in which services can start so that callees come first. Throws for calls that form a cycle. */
export const startOrder = (services: readonly ServiceManifest[]): ServiceManifest[] => {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered: ServiceManifest[] = [];
  const visit = (service: ServiceManifest, path: readonly string[]) => {
    if (ordered.includes(service)) return;
    if (path.includes(service.name))
      throw manifestProblem(
        service.name,
        `calls form a cycle ${[...path.slice(path.indexOf(service.name)), service.name].join(' -> ')}; turn one of these calls into an event`,
      );
    for (const callee of service.calls) visit(byName.get(callee) as ServiceManifest, [...path, service.name]);
    ordered.push(service);
  };
  for (const service of services) visit(service, []);
  return ordered;
};

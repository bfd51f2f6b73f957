import type { DeclaredService, NamedThing } from '../../services/contracts/http/operations/topology-api.ts';
import { type Consumption, runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import { observedBy } from '../../services/kit/observation.ts';
import { operatedBy } from '../../services/kit/operation.ts';

const things = (kind: NamedThing['kind'], names: readonly string[]): NamedThing[] =>
  names.map((name) => ({ kind, name }));

const consumed = (consumes: Consumption): DeclaredService['consumes'] =>
  Object.fromEntries(Object.entries(consumes).map(([topic, types]) => [topic, types === 'all' ? null : [...types]]));

/** What the shop is made of, for the service that operates it: of each manifest the part that its contract of the topology names. */
export const platformMap = (services: readonly ServiceManifest[]): DeclaredService[] =>
  services.map((service) => {
    const { owns } = service;
    const observed = observedBy(service);
    return {
      name: service.name,
      kind: service.kind,
      runs: runtimeOf(service),
      isPublic: service.public ?? false,
      calls: [...service.calls],
      publishes: Object.keys(service.publishes),
      consumes: consumed(service.consumes),
      follows: [...(service.follows ?? [])],
      owns: [
        ...things('database', owns.database ? [owns.database] : []),
        ...things('table', Object.keys(owns.tables ?? {})),
        ...things('bucket', Object.keys(owns.buckets ?? {})),
      ],
      observes: [
        ...things('database', observed.databases),
        ...things('topic', observed.topics),
        ...things('table', observed.tables),
      ],
      operates: things('topic', operatedBy(service).topics),
      reaches: [...(service.reaches ?? [])],
      freshWithinSeconds: service.freshWithinSeconds ?? null,
    };
  });

import { runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import { type Observation, observedBy } from '../../services/kit/observation.ts';
import { operatedBy } from '../../services/kit/operation.ts';
import { abilities } from './abilities.ts';
import { manifestProblem } from './manifest-problem.ts';

/** Names of what a service owns, as others may observe it. */
const observableOf = ({ owns, publishes }: ServiceManifest): Observation => ({
  databases: owns.database ? [owns.database] : [],
  topics: Object.keys(publishes),
  tables: Object.keys(owns.tables ?? {}),
});

/** Throws what is wrong about what a service reads of others without asking them. */
export const checkObservation = (service: ServiceManifest, services: readonly ServiceManifest[]) => {
  const kinds = Object.entries(observedBy(service)) as [keyof Observation, readonly string[]][];
  for (const [kind, names] of kinds)
    for (const name of names) {
      if (!abilities[runtimeOf(service)].observes.includes(kind))
        throw manifestProblem(
          service.name,
          `observes ${kind}, but a ${service.kind} cannot; let a service in the cluster do it`,
        );
      const owner = services.find((other) => observableOf(other)[kind].includes(name));
      if (owner?.name === service.name)
        throw manifestProblem(
          service.name,
          `observes "${name}", which is its own; an owner reads what it owns, so remove it`,
        );
      if (!owner)
        throw manifestProblem(
          service.name,
          `observes "${name}", which nobody owns; known ${kind}: ${services.flatMap((other) => observableOf(other)[kind]).join(', ')}`,
        );
    }
};

/** Throws what is wrong about what a service may do to others beyond reading. */
export const checkOperation = (service: ServiceManifest) => {
  const { topics, databases } = observedBy(service);
  const operated = operatedBy(service);
  if (operated.databaseSessions && databases.length === 0)
    throw manifestProblem(
      service.name,
      'operates databaseSessions and observes no database; add one to observes.databases',
    );
  for (const topic of operated.topics)
    if (!topics.includes(topic))
      throw manifestProblem(
        service.name,
        `operates topic "${topic}" and does not observe it; add it to observes.topics, since nobody replays what he cannot read`,
      );
};

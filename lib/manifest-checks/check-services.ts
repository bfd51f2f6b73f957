/** The checks that only make sense where all manifests meet. */

import { runtimeOf, type ServiceManifest, serviceKinds } from '../../services/kit/manifest.ts';
import { abilities } from './abilities.ts';
import { checkCache } from './check-cache.ts';
import { checkCalls } from './check-calls.ts';
import { checkConfiguration } from './check-configuration.ts';
import { checkObservation, checkOperation } from './check-observation.ts';
import { checkUploads } from './check-uploads.ts';
import { manifestProblem } from './manifest-problem.ts';
import { startOrder } from './start-order.ts';

/** Refuses a value that two manifests claim, naming both. */
const claimOnce = (what: string, fix: string) => {
  const owners = new Map<string | number, string>();
  return (value: string | number, service: string) => {
    const owner = owners.get(value);
    if (owner !== undefined) throw manifestProblem(service, `${what} "${value}" belongs to "${owner}" already; ${fix}`);
    owners.set(value, service);
  };
};

/**
 * Checks the manifests against each other and returns them in start order.
 * Throws one sentence that names the manifest, the value and the fix: doubled names, ports, databases, tables, buckets or topics;
 * something consumed or observed that nobody owns; a callee that does not exist or has no door; calls that form a cycle.
 */
export const checkServices = (services: readonly ServiceManifest[]): readonly ServiceManifest[] => {
  const claim = {
    name: claimOnce('name', 'choose another'),
    port: claimOnce('port', 'choose a free one'),
    database: claimOnce('database', 'a database has one owner; call the owner instead'),
    table: claimOnce('table', 'a table has one owner; call the owner instead'),
    bucket: claimOnce('bucket', 'a bucket has one owner; call the owner instead'),
    topic: claimOnce('topic', 'a topic has one owner; publish to a topic of your own'),
    notes: claimOnce('notes', 'one table of a shop has them'),
  };
  for (const { name, ports, owns, publishes } of services) {
    claim.name(name, name);
    for (const port of Object.values(ports)) claim.port(port, name);
    if (owns.database) claim.database(owns.database, name);
    for (const [table, { notes }] of Object.entries(owns.tables ?? {})) {
      claim.table(table, name);
      if (notes) claim.notes(notes, name);
    }
    for (const bucket of Object.keys(owns.buckets ?? {})) claim.bucket(bucket, name);
    for (const topic of Object.keys(publishes)) claim.topic(topic, name);
  }
  const topics = services.flatMap((service) => Object.keys(service.publishes));
  const tables = new Map(services.flatMap((service) => Object.entries(service.owns.tables ?? {})));
  for (const service of services) {
    const can = abilities[runtimeOf(service)];
    checkUploads(service, services);
    for (const [topic, types] of Object.entries(service.consumes)) {
      if (!topics.includes(topic))
        throw manifestProblem(
          service.name,
          `consumes topic "${topic}", which no service publishes; known topics: ${topics.join(', ')}`,
        );
      if (types.length === 0)
        throw manifestProblem(
          service.name,
          `consumes no type of topic "${topic}"; name those it acts on, or remove the topic`,
        );
    }
    checkConfiguration(service, services);
    if (service.wakesEveryMinutes !== undefined && runtimeOf(service) !== 'function')
      throw manifestProblem(service.name, 'wakesEveryMinutes is for Lambdas; a service that runs keeps its own time');
    if (service.hearsMailFeedback && runtimeOf(service) !== 'function')
      throw manifestProblem(service.name, 'hearsMailFeedback is for Lambdas, which alone events of SES can wake');
    for (const table of service.follows ?? []) {
      if (!can.followsTables)
        throw manifestProblem(service.name, `follows table "${table}", but only a Lambda can; consume a topic instead`);
      if (!tables.get(table)?.stream)
        throw manifestProblem(
          service.name,
          `follows table "${table}", which no manifest declares with a stream; set stream: true where the table is owned`,
        );
    }
    checkObservation(service, services);
    checkOperation(service);
    checkCache(service);
    checkCalls(service, services);
    for (const name of can.reachesOutside ? [] : (service.reaches ?? []))
      throw manifestProblem(
        service.name,
        `reaches "${name}", but files reach nothing; declare it at the service that its pages call`,
      );
    if (serviceKinds[service.kind].locally === 'files' && service.ports.http === undefined)
      throw manifestProblem(
        service.name,
        'declares no ports.http, at which its files are served outside AWS; declare a free one',
      );
    if (service.owns.database && !can.ownsDatabase)
      throw manifestProblem(service.name, `a ${service.kind} owns no PostgreSQL database; declare a table`);
    if (Object.keys(service.publishes).length > 0 && !service.owns.database && !can.needsNoOutbox)
      throw manifestProblem(
        service.name,
        'publishes topics but owns no database for the outbox; declare owns.database',
      );
  }
  return startOrder(services);
};

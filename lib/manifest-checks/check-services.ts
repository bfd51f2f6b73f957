/** The checks that only make sense where all manifests meet. */

import { type Runtime, runtimeOf, type ServiceManifest, serviceKinds } from '../services/kit/manifest.ts';
import { type Observation, observedBy } from '../services/kit/observation.ts';
import { operatedBy } from '../services/kit/operation.ts';
import { checkUploads } from './check-uploads.ts';

const sentence = (service: string, problem: string) => new Error(`services/${service}/manifest.ts: ${problem}`);

/** What a manifest may declare, by what runs of its service. */
const abilities: Readonly<
  Record<
    Runtime,
    {
      /** Whether others can call it. */
      readonly hasDoors: boolean;
      readonly ownsDatabase: boolean;
      /** Whether changes of a table can wake it. */
      readonly followsTables: boolean;
      /** Whether it can reach what is outside; the browsers of a site's readers reach what they like. */
      readonly reachesOutside: boolean;
      /** What it can observe: databases and brokers are inside the network, where functions are not. */
      readonly observes: readonly (keyof Observation)[];
      /** Whether it publishes without a database that holds what a transaction wrote: Flink writes results of its own checkpoints. */
      readonly needsNoOutbox: boolean;
    }
  >
> = {
  pods: {
    hasDoors: true,
    ownsDatabase: true,
    followsTables: false,
    reachesOutside: true,
    observes: ['databases', 'topics', 'tables'],
    needsNoOutbox: false,
  },
  function: {
    hasDoors: false,
    ownsDatabase: false,
    followsTables: true,
    reachesOutside: true,
    observes: ['tables'],
    needsNoOutbox: false,
  },
  site: {
    hasDoors: false,
    ownsDatabase: false,
    followsTables: false,
    reachesOutside: false,
    observes: [],
    needsNoOutbox: false,
  },
  flink: {
    hasDoors: false,
    ownsDatabase: false,
    followsTables: false,
    reachesOutside: true,
    observes: [],
    needsNoOutbox: true,
  },
};

/** Refuses a value that two manifests claim, naming both. */
const claimOnce = (what: string, fix: string) => {
  const owners = new Map<string | number, string>();
  return (value: string | number, service: string) => {
    const owner = owners.get(value);
    if (owner !== undefined) throw sentence(service, `${what} "${value}" belongs to "${owner}" already; ${fix}`);
    owners.set(value, service);
  };
};

/** The order in which services can start so that callees come first. */
const startOrder = (services: readonly ServiceManifest[]): ServiceManifest[] => {
  const byName = new Map(services.map((service) => [service.name, service]));
  const ordered: ServiceManifest[] = [];
  const visit = (service: ServiceManifest, path: readonly string[]) => {
    if (ordered.includes(service)) return;
    if (path.includes(service.name))
      throw sentence(
        service.name,
        `calls form a cycle ${[...path.slice(path.indexOf(service.name)), service.name].join(' -> ')}; turn one of these calls into an event`,
      );
    for (const callee of service.calls) visit(byName.get(callee) as ServiceManifest, [...path, service.name]);
    ordered.push(service);
  };
  for (const service of services) visit(service, []);
  return ordered;
};

/** Names of what a service owns, as others may observe it. */
const observableOf = ({ owns, publishes }: ServiceManifest): Observation => ({
  databases: owns.database ? [owns.database] : [],
  topics: Object.keys(publishes),
  tables: Object.keys(owns.tables ?? {}),
});

const checkObservation = (service: ServiceManifest, services: readonly ServiceManifest[]) => {
  const kinds = Object.entries(observedBy(service)) as [keyof Observation, readonly string[]][];
  for (const [kind, names] of kinds)
    for (const name of names) {
      if (!abilities[runtimeOf(service)].observes.includes(kind))
        throw sentence(
          service.name,
          `observes ${kind}, but a ${service.kind} cannot; let a service in the cluster do it`,
        );
      const owner = services.find((other) => observableOf(other)[kind].includes(name));
      if (owner?.name === service.name)
        throw sentence(service.name, `observes "${name}", which is its own; an owner reads what it owns, so remove it`);
      if (!owner)
        throw sentence(
          service.name,
          `observes "${name}", which nobody owns; known ${kind}: ${services.flatMap((other) => observableOf(other)[kind]).join(', ')}`,
        );
    }
};

const checkOperation = (service: ServiceManifest) => {
  const { topics, databases } = observedBy(service);
  const operated = operatedBy(service);
  if (operated.databaseSessions && databases.length === 0)
    throw sentence(service.name, 'operates databaseSessions and observes no database; add one to observes.databases');
  for (const topic of operated.topics)
    if (!topics.includes(topic))
      throw sentence(
        service.name,
        `operates topic "${topic}" and does not observe it; add it to observes.topics, since nobody replays what he cannot read`,
      );
};

const checkSharedSecret = (service: ServiceManifest, key: string, services: readonly ServiceManifest[]) => {
  const { kind, ownedBy, issuedBy } = service.configuration[key] ?? {};
  if (kind !== 'secret') throw sentence(service.name, `${key} is owned by "${ownedBy}" but is not secret; make it one`);
  const its = services.find(({ name }) => name === ownedBy)?.configuration[key];
  if (ownedBy === service.name || issuedBy !== undefined || its?.kind !== 'secret' || its.ownedBy !== undefined)
    throw sentence(
      service.name,
      `${key} is owned by "${ownedBy}", which declares no secret of that name as its own; declare it there`,
    );
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
    checkUploads(service, services, sentence);
    for (const [topic, types] of Object.entries(service.consumes)) {
      if (!topics.includes(topic))
        throw sentence(
          service.name,
          `consumes topic "${topic}", which no service publishes; known topics: ${topics.join(', ')}`,
        );
      if (types.length === 0)
        throw sentence(
          service.name,
          `consumes no type of topic "${topic}"; name those it acts on, or remove the topic`,
        );
    }
    for (const [key, { kind, issuedBy, ownedBy, page, toldTo }] of Object.entries(service.configuration)) {
      const site = services.find(({ name }) => name === (page?.site ?? toldTo));
      if ((page || toldTo) && (kind !== 'plain' || site === undefined || runtimeOf(site) !== 'site'))
        throw sentence(
          service.name,
          `${key} is ${page ? 'the address of a page' : 'told to pages'} of "${page?.site ?? toldTo}"; make it plain, and name a site of lib/services.ts`,
        );
      if (ownedBy !== undefined) checkSharedSecret(service, key, services);
      if (issuedBy === undefined) continue;
      const chosen = service.configuration[issuedBy.when.key];
      if (kind !== 'secret')
        throw sentence(service.name, `${key} is issued by ${issuedBy.issuer} but is not secret; make it one`);
      if (chosen?.kind !== 'plain' || chosen.default === undefined || chosen.default === issuedBy.when.is)
        throw sentence(
          service.name,
          `${key} of ${issuedBy.issuer} is needed when ${issuedBy.when.key} is "${issuedBy.when.is}"; declare that as a plain value with another default, with which the service starts on a laptop`,
        );
    }
    if (service.wakesEveryMinutes !== undefined && runtimeOf(service) !== 'function')
      throw sentence(service.name, 'wakesEveryMinutes is for Lambdas; a service that runs keeps its own time');
    for (const table of service.follows ?? []) {
      if (!can.followsTables)
        throw sentence(service.name, `follows table "${table}", but only a Lambda can; consume a topic instead`);
      if (!tables.get(table)?.stream)
        throw sentence(
          service.name,
          `follows table "${table}", which no manifest declares with a stream; set stream: true where the table is owned`,
        );
    }
    checkObservation(service, services);
    checkOperation(service);
    for (const callee of service.calls) {
      const target = services.find(({ name }) => name === callee);
      if (!target)
        throw sentence(
          service.name,
          `calls "${callee}", which does not exist; known services: ${services.map(({ name }) => name).join(', ')}`,
        );
      if (!abilities[runtimeOf(target)].hasDoors)
        throw sentence(
          service.name,
          `calls "${callee}", which is a ${target.kind} without a door; publish an event that it consumes`,
        );
    }
    for (const callee of service.callsByGrpc ?? []) {
      if (!service.calls.includes(callee))
        throw sentence(service.name, `calls "${callee}" by gRPC and does not call it; add it to calls`);
      if (services.find(({ name }) => name === callee)?.ports.grpc === undefined)
        throw sentence(
          service.name,
          `calls "${callee}" by gRPC, which has no such door; declare ports.grpc there, or remove it from callsByGrpc`,
        );
    }
    for (const name of can.reachesOutside ? [] : (service.reaches ?? []))
      throw sentence(
        service.name,
        `reaches "${name}", but files reach nothing; declare it at the service that its pages call`,
      );
    if (serviceKinds[service.kind].locally === 'files' && service.ports.http === undefined)
      throw sentence(
        service.name,
        'declares no ports.http, at which its files are served outside AWS; declare a free one',
      );
    if (service.owns.database && !can.ownsDatabase)
      throw sentence(service.name, `a ${service.kind} owns no PostgreSQL database; declare a table`);
    if (Object.keys(service.publishes).length > 0 && !service.owns.database && !can.needsNoOutbox)
      throw sentence(service.name, 'publishes topics but owns no database for the outbox; declare owns.database');
  }
  return startOrder(services);
};

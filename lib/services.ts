/** The services that are deployed, and the checks that only make sense where all manifests meet. */
import { manifest as apiGateway } from '../services/api-gateway/manifest.ts';
import { manifest as cart } from '../services/cart/manifest.ts';
import {
  consumedTopics,
  type Runtime,
  runsInCluster,
  runtimeOf,
  type ServiceManifest,
  serviceKinds,
} from '../services/kit/manifest.ts';
import { manifest as notification } from '../services/notification/manifest.ts';
import { manifest as order } from '../services/order/manifest.ts';
import { manifest as payment } from '../services/payment/manifest.ts';
import { manifest as product } from '../services/product/manifest.ts';
import { manifest as user } from '../services/user/manifest.ts';
import { SERVICE_AUTH_SECRET } from './names.ts';

const declared: readonly ServiceManifest[] = [apiGateway, user, product, cart, order, payment, notification];

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
      /** Whether it publishes without a database that holds what a transaction wrote: Flink writes results of its own checkpoints. */
      readonly needsNoOutbox: boolean;
    }
  >
> = {
  pods: { hasDoors: true, ownsDatabase: true, followsTables: false, reachesOutside: true, needsNoOutbox: false },
  function: { hasDoors: false, ownsDatabase: false, followsTables: true, reachesOutside: true, needsNoOutbox: false },
  site: { hasDoors: false, ownsDatabase: false, followsTables: false, reachesOutside: false, needsNoOutbox: false },
  flink: { hasDoors: false, ownsDatabase: false, followsTables: false, reachesOutside: true, needsNoOutbox: true },
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
export const startOrder = (services: readonly ServiceManifest[]): ServiceManifest[] => {
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

/**
 * Checks the manifests against each other and returns them in start order.
 * Throws one sentence that names the manifest, the value and the fix: doubled names, ports, databases, tables, buckets or topics;
 * a topic that nobody owns; a callee that does not exist or has no door; calls that form a cycle.
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
    for (const bucket of owns.buckets ?? []) claim.bucket(bucket, name);
    for (const topic of Object.keys(publishes)) claim.topic(topic, name);
  }
  const topics = services.flatMap((service) => Object.keys(service.publishes));
  const tables = new Map(services.flatMap((service) => Object.entries(service.owns.tables ?? {})));
  for (const service of services) {
    const can = abilities[runtimeOf(service)];
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
    for (const [key, { kind, issuedBy }] of Object.entries(service.configuration)) {
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

/** Every deployed service, checked, callees before callers. */
export const services = checkServices(declared);

/** Services of these names, in start order; without names all. Throws one sentence when a name is unknown. */
export const servicesNamed = (names: readonly string[] | undefined): readonly ServiceManifest[] => {
  const unknown = (names ?? []).filter((name) => !services.some((service) => service.name === name));
  if (unknown.length > 0)
    throw new Error(
      `there is no service "${unknown.join('", "')}"; known are ${services.map(({ name }) => name).join(', ')}`,
    );
  return names === undefined ? services : services.filter(({ name }) => names.includes(name));
};

/** Those of the named services that have an image, none named meaning all. Throws one sentence when there is none. */
export const imagesNamed = (names: readonly string[]): readonly ServiceManifest[] => {
  const chosen = servicesNamed(names.length === 0 ? undefined : names).filter(runsInCluster);
  if (chosen.length === 0) throw new Error(`${names.join(' and ')} has no image: it does not run in the cluster`);
  return chosen;
};

/** The service whose HTTP door is the shop's to the world; undefined: there is none. */
export const publicDoorOf = (all: readonly ServiceManifest[]): ServiceManifest | undefined =>
  all.find((service) => service.public && service.ports.http !== undefined);

/** Where a shop notes which mails it sent. */
export type SentMails = { readonly service: string; readonly table: string; readonly partitionKey: string };

/** The notes of sent mails, as their owner declares them; undefined: the shop sends no mails. */
export const sentMailsOf = (all: readonly ServiceManifest[]): SentMails | undefined =>
  all
    .flatMap(({ name, owns }) =>
      Object.entries(owns.tables ?? {}).flatMap(([table, { partitionKey, notes }]) =>
        notes === 'sent-mails' ? [{ service: name, table, partitionKey }] : [],
      ),
    )
    .at(0);

/** Whether something stands for a service on this machine; nothing here feeds a function that only follows tables. */
export const runsOnThisMachine = (service: ServiceManifest): boolean =>
  serviceKinds[service.kind].locally !== 'invoker' || consumedTopics(service).length > 0;

/** Services that declare calls to this one, sorted. */
export const callersOf = (service: ServiceManifest, all: readonly ServiceManifest[]): string[] =>
  all
    .filter(({ calls }) => calls.includes(service.name))
    .map(({ name }) => name)
    .sort();

/** Names of the secrets that a service declares, in that order. */
export const secretNames = (service: ServiceManifest): string[] =>
  Object.entries(service.configuration)
    .filter(([, { kind }]) => kind === 'secret')
    .map(([key]) => key);

/** Those of them that are made at random wherever the service runs; the others come from whoever issues them. */
export const generatedSecretNames = (service: ServiceManifest): string[] =>
  secretNames(service).filter((key) => service.configuration[key]?.issuedBy === undefined);

/** Keys that Secrets Manager holds for a service. */
export const secretKeysOf = (service: ServiceManifest): string[] => [SERVICE_AUTH_SECRET, ...secretNames(service)];

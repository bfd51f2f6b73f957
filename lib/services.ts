/** The services that are deployed, and what they are to each other. */
import { manifest as analytics } from '../services/analytics/manifest.ts';
import { manifest as apiGateway } from '../services/api-gateway/manifest.ts';
import { manifest as assistant } from '../services/assistant/manifest.ts';
import { manifest as cart } from '../services/cart/manifest.ts';
import { manifest as staffConsole } from '../services/console/manifest.ts';
import { callSecretName } from '../services/kit/call-secret.ts';
import {
  actsOn,
  consumedTopics,
  deadLetterGroupOf,
  runsInCluster,
  runtimeOf,
  type ServiceManifest,
  serviceKinds,
  type TableDeclaration,
} from '../services/kit/manifest.ts';
import { manifest as ledger } from '../services/ledger/manifest.ts';
import { manifest as notification } from '../services/notification/manifest.ts';
import { manifest as operations } from '../services/operations/manifest.ts';
import { manifest as order } from '../services/order/manifest.ts';
import { manifest as payment } from '../services/payment/manifest.ts';
import { manifest as product } from '../services/product/manifest.ts';
import { manifest as storefront } from '../services/storefront/manifest.ts';
import { manifest as user } from '../services/user/manifest.ts';
import { manifest as warehouseExport } from '../services/warehouse-export/manifest.ts';
import { checkServices } from './manifest-checks/check-services.ts';

const declared: readonly ServiceManifest[] = [
  apiGateway,
  user,
  product,
  cart,
  order,
  payment,
  notification,
  ledger,
  warehouseExport,
  analytics,
  assistant,
  storefront,
  operations,
  staffConsole,
];

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

/** A service by its name. Throws one sentence that lists those that there are. */
export const serviceNamed = (name: string): ServiceManifest => servicesNamed([name])[0] as ServiceManifest;

/** Name of a service that has pods. Throws one sentence for any other. */
export const requirePods = (service: ServiceManifest): string => {
  if (!runsInCluster(service)) throw new Error(`${service.name} has no pods: it does not run in the cluster`);
  return service.name;
};

/** The service whose HTTP door is the shop's to the world; undefined: there is none. */
export const publicDoorOf = (all: readonly ServiceManifest[]): ServiceManifest | undefined =>
  all.find((service) => service.public && service.ports.http !== undefined);

/** Where a shop notes which mails it sent. */
export type SentMails = { readonly service: string; readonly table: string; readonly partitionKey: string };

const tableThatNotes = (all: readonly ServiceManifest[], what: TableDeclaration['notes']) =>
  all
    .flatMap(({ name, owns }) =>
      Object.entries(owns.tables ?? {}).flatMap(([table, { partitionKey, notes }]) =>
        notes === what ? [{ service: name, table, partitionKey }] : [],
      ),
    )
    .at(0);

/** The notes of sent mails, as their owner declares them; undefined: the shop sends no mails. */
export const sentMailsOf = (all: readonly ServiceManifest[]): SentMails | undefined =>
  tableThatNotes(all, 'sent-mails');

/** Name of the table that keeps the events of orders; undefined: the shop has no ledger. */
export const ledgerTableOf = (all: readonly ServiceManifest[]): string | undefined =>
  tableThatNotes(all, 'order-events')?.table;

/** Whether something stands for a service on this machine; a function that only the clock wakes has nothing to do here. */
export const runsOnThisMachine = (service: ServiceManifest): boolean =>
  serviceKinds[service.kind].locally !== 'invoker' ||
  consumedTopics(service).length + (service.follows ?? []).length > 0;

/** Services that declare calls to this one, sorted. */
export const callersOf = (service: ServiceManifest, all: readonly ServiceManifest[]): string[] =>
  all
    .filter(({ calls }) => calls.includes(service.name))
    .map(({ name }) => name)
    .sort();

/** Services that declare calls to this one's gRPC door, sorted. */
export const grpcCallersOf = (service: ServiceManifest, all: readonly ServiceManifest[]): string[] =>
  all
    .filter(({ callsByGrpc = [] }) => callsByGrpc.includes(service.name))
    .map(({ name }) => name)
    .sort();

/** Keys of the secrets that a service has in common with each whose gRPC door it calls, and with each that calls its own. */
export const callSecretNames = (service: ServiceManifest, all: readonly ServiceManifest[]): string[] => [
  ...(service.callsByGrpc ?? []).map((callee) => callSecretName(service.name, callee)),
  ...grpcCallersOf(service, all).map((caller) => callSecretName(caller, service.name)),
];

/** Consumer groups that read a topic, those by which functions get their dead letters again included. */
export const groupsOn = (topic: string, all: readonly ServiceManifest[]): string[] =>
  all
    .filter((service) => actsOn(service, topic))
    .flatMap((service) => [
      service.name,
      ...(runtimeOf(service) === 'function' ? [deadLetterGroupOf(service.name)] : []),
    ]);

/** Names of the secrets that a service declares, in that order. */
export const secretNames = (service: ServiceManifest): string[] =>
  Object.entries(service.configuration)
    .filter(([, { kind }]) => kind === 'secret')
    .map(([key]) => key);

/** Those of them that are made at random wherever the service runs; the others come from whoever issues them, or belong to another service. */
export const generatedSecretNames = (service: ServiceManifest): string[] =>
  secretNames(service).filter((key) => {
    const { issuedBy, ownedBy } = service.configuration[key] ?? {};
    return issuedBy === undefined && ownedBy === undefined;
  });

/** Secrets that a service declares of which the value before a rotation counts too. */
export const acceptedPrevious = (service: ServiceManifest): string[] =>
  secretNames(service).filter((key) => service.configuration[key]?.acceptsPrevious);

/** The service whose secret a key is: mostly its own. */
export const secretOwner = (service: ServiceManifest, key: string): string =>
  service.configuration[key]?.ownedBy ?? service.name;

/** Secrets of other services that this one holds too, by their owners. */
export const sharedSecretNames = (service: ServiceManifest): { readonly key: string; readonly owner: string }[] =>
  secretNames(service).flatMap((key) => {
    const owner = secretOwner(service, key);
    return owner === service.name ? [] : [{ key, owner }];
  });

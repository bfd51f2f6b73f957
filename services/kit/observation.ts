/** What a service may look at although others own it: the manifest's word `observes`. */
import type { ServiceManifest } from './manifest.ts';

/** What a service reads although others own it, by its names. */
export type Observation = {
  /** PostgreSQL databases, in which its role may SELECT and do nothing else. */
  readonly databases: readonly string[];
  /** Topics and their dead letters, read without a consumer group, and how far the groups of their consumers are. */
  readonly topics: readonly string[];
  /** DynamoDB tables. */
  readonly tables: readonly string[];
};

/** Connections of one process to each database that it observes. */
export const observerConnections = 2;

/** What a service observes; empty lists where it observes nothing. */
export const observedBy = ({ observes }: Pick<ServiceManifest, 'observes'>): Observation => ({
  databases: [],
  topics: [],
  tables: [],
  ...observes,
});

/** Whether a service signs in to PostgreSQL, to its own database or to one that it observes. */
export const usesDatabases = (service: Pick<ServiceManifest, 'owns' | 'observes'>): boolean =>
  service.owns.database !== undefined || observedBy(service).databases.length > 0;

/** Whether a service reads DynamoDB, its own tables or those that it observes. */
export const usesTables = (service: Pick<ServiceManifest, 'owns' | 'observes'>): boolean =>
  Object.keys(service.owns.tables ?? {}).length + observedBy(service).tables.length > 0;

/** Whether what stands for a service outside AWS asks DynamoDB: it reads tables, or follows their changes. */
export const asksTables = (service: Pick<ServiceManifest, 'owns' | 'observes' | 'follows'>): boolean =>
  usesTables(service) || (service.follows ?? []).length > 0;

/** Who owns which database and who may read it, as the manifests say. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { observedBy } from '../../services/kit/observation.ts';

/** A database and the role of a service that owns or observes it. */
export type DeclaredRole = { readonly database: string; readonly role: string };

/** The database of each service that has one. */
export const databaseOwners = (services: readonly ServiceManifest[]): DeclaredRole[] =>
  services.flatMap(({ name, owns }) => (owns.database ? [{ database: owns.database, role: name }] : []));

/** Every database that a service observes. */
export const databaseReaders = (services: readonly ServiceManifest[]): DeclaredRole[] =>
  services.flatMap((service) => observedBy(service).databases.map((database) => ({ database, role: service.name })));

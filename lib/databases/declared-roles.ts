/** Who owns which database and who may read it, as the manifests say. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { observedBy } from '../../services/kit/observation.ts';
import { operatedBy } from '../../services/kit/operation.ts';

/** A database and the role of a service that owns or observes it. */
export type DeclaredRole = { readonly database: string; readonly role: string };

/** Who observes a database, and whether it operates its sessions too. */
export type DeclaredReader = DeclaredRole & { readonly operates?: boolean };

/** The database of each service that has one. */
export const databaseOwners = (services: readonly ServiceManifest[]): DeclaredRole[] =>
  services.flatMap(({ name, owns }) => (owns.database ? [{ database: owns.database, role: name }] : []));

/** Every database that a service observes. */
export const databaseReaders = (services: readonly ServiceManifest[]): DeclaredReader[] =>
  services.flatMap((service) =>
    observedBy(service).databases.map((database) => ({
      database,
      role: service.name,
      ...(operatedBy(service).databaseSessions && { operates: true }),
    })),
  );

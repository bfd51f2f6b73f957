/** What a service may change although others own it: the manifest's word `operates`. */
import type { ServiceManifest } from './manifest.ts';

/** What a service changes in the name of those who operate the shop, by names of what others own. */
export type Operation = {
  /** Topics to which it appends what was appended before, and whose consumer groups it moves. It must observe them too. */
  readonly topics: readonly string[];
  /**
   * Whether its role sees what every session of PostgreSQL does (pg_monitor), and may cancel a statement (pg_signal_backend), in whichever
   * database: PostgreSQL has no narrower rights. It must observe a database.
   */
  readonly databaseSessions: boolean;
  /**
   * Whether it looks at the keys of every service in the shared cache, and deletes them; their values it cannot read. It then has no
   * keys of its own there.
   */
  readonly sharedCache: boolean;
};

/** What a service operates; empty lists where it operates nothing. */
export const operatedBy = ({ operates }: Pick<ServiceManifest, 'operates'>): Operation => ({
  topics: [],
  databaseSessions: false,
  sharedCache: false,
  ...operates,
});

import type { ServiceContext } from '../../kit/context.ts';
import { createDatabase, type Database } from '../../kit/storage/database.ts';

export type ObservedDatabases = Readonly<Record<string, Database>>;

/** A pool for each database that the manifest observes, by the name of its owner's declaration; each connects when it is asked first. */
export const openObservedDatabases = ({
  config,
  logger,
  metrics,
}: Pick<ServiceContext, 'config' | 'logger' | 'metrics'>): ObservedDatabases =>
  Object.fromEntries(
    Object.entries(config.observed?.databases ?? {}).map(([name, settings]) => [
      name,
      createDatabase({ ...settings, logger, metrics, poolName: name }),
    ]),
  );

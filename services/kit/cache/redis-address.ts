/** Where a Redis or Valkey is and how a process signs in to it. */
export type RedisAddress = {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Number of the logical database; default 0. */
  readonly database: number;
  readonly username?: string;
  readonly password?: string;
  /** Name of the ElastiCache replication group that tokens of IAM are made for, in place of a password. */
  readonly cacheName?: string;
};

const refuse = (problem: string) => new Error(`CACHE_URL: ${problem}`);

/**
 * Reads `redis(s)://[user[:password]@]host[:port][/database]`; with `?cacheName=<replication group>` the password is a
 * token of IAM. Throws one sentence that names CACHE_URL, never the URL itself: it may hold a password.
 */
export const parseRedisUrl = (text: string): RedisAddress => {
  if (!URL.canParse(text)) throw refuse('is no URL; write redis://host:6379 or rediss://user@host:6379?cacheName=name');
  const url = new URL(text);
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    throw refuse(`there is no adapter for "${url.protocol}"; use memory:, redis:// or rediss://`);
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'cacheName');
  if (unknown !== undefined) throw refuse(`has the unknown parameter "${unknown}"; only cacheName is known`);
  if (!url.hostname) throw refuse('names no host; write redis://host:6379');
  if (!/^(\/\d{0,2})?$/.test(url.pathname)) throw refuse('has a path that is no number of a database, such as /0');
  const cacheName = url.searchParams.get('cacheName');
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const tls = url.protocol === 'rediss:';
  if (cacheName !== null) {
    if (!cacheName || !username || password)
      throw refuse(
        'signs in by IAM, so it needs a user, a cacheName and no password: rediss://user@host?cacheName=name',
      );
    if (!tls) throw refuse('would send a token of IAM in clear text; use rediss://');
  } else if (username && !password)
    throw refuse(`names the user ${username} but no password and no cacheName; add one`);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    tls,
    database: Number(url.pathname.slice(1) || 0),
    username: username || undefined,
    password: password || undefined,
    cacheName: cacheName || undefined,
  };
};

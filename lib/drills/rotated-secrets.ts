import path from 'node:path';
import pg from 'pg';
import { type ClusterDoor, inDatabase } from '../backups/open-cluster.ts';
import { ADMINISTRATOR } from '../local/postgres/postgres-cluster.ts';
import { madeAnew, readSecrets, SECRETS_FILE } from '../local/secrets.ts';
import { startAgain } from '../local/start-again.ts';
import { stopPlatform } from '../local/stop-platform.ts';
import { type ApiClient, createApiClient } from '../shop/api-client.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import type { Drill, DrillContext } from './drill.ts';
import { holdByCustomers, isAnswered } from './held-by-customers.ts';

/** Makes every secret of a folder anew, that of the databases' administrator where it counts already; the next start takes them up. */
const rotate = async ({ state: { dataFolder } }: DrillContext, door: ClusterDoor) => {
  const file = path.join(dataFolder, SECRETS_FILE);
  const anew = madeAnew(await readSecrets(dataFolder));
  await writeFileAtomically(file, JSON.stringify(anew, null, 2), 0o600);
  const { administrator } = anew;
  await inDatabase(door, 'postgres', (client) =>
    client.query(`ALTER ROLE ${pg.escapeIdentifier(ADMINISTRATOR)} PASSWORD ${pg.escapeLiteral(administrator)}`),
  );
};

const isRefused = async (request: () => Promise<unknown>, code: string): Promise<boolean> => {
  try {
    await request();
    return false;
  } catch (problem) {
    return (problem as { code?: unknown }).code === code;
  }
};

const enters = (url: string) => async () => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
};

const keysOf = async (api: ApiClient) => {
  const { keys } = await api<{ keys: readonly { kid: string }[] }>('/.well-known/jwks.json');
  return keys.map(({ kid }) => kid);
};

/** Every secret at once, as after somebody has seen them: no former password opens anything, and what customers hold goes on. */
export const rotatedSecrets: Drill = {
  name: 'rotated-secrets',
  sentence: 'every password and key of the shop is made anew at once, and what its customers hold goes on',
  run: async (context) => {
    const { state, say, signal, afterPurchases, onRestarting } = context;
    const former = await readSecrets(state.dataFolder);
    const api = createApiClient(state.gateway);
    const keys = await keysOf(api);
    const staff = (password: string) => () =>
      api('/api/v1/auth/login', { method: 'POST', body: { email: state.staff.email, password } });

    const held = await holdByCustomers(state, signal);
    say('making every secret anew, and starting the shop with them');
    const since = performance.now();
    await rotate(context, { port: state.postgres.port, password: former.administrator });
    onRestarting(true);
    let now = state;
    try {
      const stopped = stopPlatform(state.dataFolder);
      held.endSender();
      await stopped;
      now = await startAgain(state, signal);
    } finally {
      onRestarting(false);
    }
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    await afterPurchases(5);
    const kept = await keysOf(api);
    const owned = Object.keys(state.databases);
    const shut = await Promise.all(owned.map((name) => isRefused(enters(state.databases[name] ?? ''), '28P01')));
    const open = await Promise.all(owned.map((name) => isAnswered(enters(now.databases[name] ?? ''))));
    return [
      { sentence: `the shop was back ${seconds} s after the first secret was changed`, holds: seconds < 120 },
      {
        sentence: `${owned.length} databases open with the new passwords and refuse the former ones`,
        holds: shut.every(Boolean) && open.every(Boolean),
      },
      {
        sentence: 'new keys are published that will sign tokens, and those of the former ones are still read',
        holds: keys.every((kid) => kept.includes(kid)) && kept.length > keys.length,
      },
      ...(await held.checks()),
      {
        sentence: 'the former password of staff is refused, the new one opens',
        holds: !(await isAnswered(staff(state.staff.password))) && (await isAnswered(staff(now.staff.password))),
      },
    ];
  },
};

/** Process beside the services in containers: `main.mjs prepare`, `main.mjs mailbox` or `main.mjs catalogue`. */
import closeWithGrace from 'close-with-grace';
import { usesDatabases } from '../../services/kit/observation.ts';
import { databasePassword } from './compose-secrets.ts';

const FILMS = '/catalogue/films.csv';

const say = (sentence: string) => process.stdout.write(`${sentence}\n`);

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; compose.yaml sets it`);
  return value;
};

const prepare = async () => {
  const [{ preparePeers }, { services }] = await Promise.all([import('./prepare-peers.ts'), import('../services.ts')]);
  const { hostname, port, username, password } = new URL(required('POSTGRES_URL'));
  await preparePeers(
    {
      postgres: { host: hostname, port: Number(port), user: username },
      secrets: {
        administrator: decodeURIComponent(password),
        roles: Object.fromEntries(
          services.filter(usesDatabases).map(({ name }) => [name, required(databasePassword(name))]),
        ),
      },
      events: required('EVENTS_URL'),
      tables: required('TABLES_URL'),
      folders: required('FOLDERS').split(','),
      foldersOwner: Number(required('FOLDERS_OWNER')),
    },
    services,
    say,
  );
};

const mailbox = async () => {
  const { startMailbox } = await import('../local/mailbox.ts');
  const served = await startMailbox(required('MAIL_FOLDER'), Number(required('HTTP_PORT')), '0.0.0.0');
  closeWithGrace({ delay: 5_000, logger: false }, () => served.close());
  say('the mailbox is open');
};

const catalogue = async () => {
  const { loadFilms } = await import('./load-films.ts');
  await loadFilms({
    gateway: required('GATEWAY_URL'),
    email: required('STAFF_EMAIL'),
    password: required('STAFF_PASSWORD'),
    file: FILMS,
    say,
  });
};

const works: ReadonlyMap<string, () => Promise<void>> = new Map(
  Object.entries<() => Promise<void>>({ prepare, mailbox, catalogue }),
);
const work = works.get(process.argv[2] ?? '');

if (!work) {
  process.stderr.write(`usage: main.mjs ${[...works.keys()].join(' | ')}\n`);
  process.exitCode = 2;
} else
  await work().catch((problem: unknown) => {
    process.stderr.write(`${process.argv[2]}: ${problem instanceof Error ? problem.message : String(problem)}\n`);
    process.exitCode = 1;
  });

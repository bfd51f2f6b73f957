import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../services/kit/testing/condition.ts';
import { freePort } from '../../services/kit/testing/loopback.ts';
import { openDataFolder } from '../local/data-folder.ts';
import { startPostgres } from '../local/postgres/postgres.ts';
import { startTables } from '../local/tables/tables.ts';
import { aloneIn, listBackups } from './backup-folder.ts';
import { type BackupManifest, readManifest, requireBackupName, writeManifest } from './backup-manifest.ts';
import { compareCopy } from './compare-copy.ts';
import { createBackup } from './create-backup.ts';
import { connectTo, inDatabase } from './open-cluster.ts';
import { restoreBackup } from './restore-backup.ts';
import { requireWholeRestore } from './restoring.ts';
import { ledgerService, type SmallShop, startSmallShop } from './testing/small-shop.ts';
import { verifyBackup } from './verify-backup.ts';

const { signal } = new AbortController();
const say = () => undefined;
const tablesAt = (endpoint: string) =>
  new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });

let shop: SmallShop;
let backups: string;
let busy: BackupManifest;

/** What somebody did who writes an order, then its event, then its entry, one after the other, until told to stop. */
const keepWriting = (from: number) => {
  let isOver = false;
  let written = 0;
  const work = async () => {
    const [orders, events, tables] = [
      await connectTo(shop.door, 'orders'),
      await connectTo(shop.door, 'events'),
      tablesAt(shop.tablesUrl),
    ];
    for (let id = from; !isOver; id += 1) {
      await orders.query('INSERT INTO placed VALUES ($1, $2)', [id, 'x'.repeat(500)]);
      await orders.query('UPDATE placed SET note = note WHERE id = $1', [id - 1]);
      await tables.send(new PutItemCommand({ TableName: 'entries', Item: { id: { S: String(id) } } }));
      await events.query('INSERT INTO published VALUES ($1, $2)', [id, 'x']);
      written += 1;
    }
    await Promise.all([orders.end(), events.end()]);
    tables.destroy();
  };
  const working = Promise.all([work()]);
  return {
    written: () => written,
    finish: async () => {
      isOver = true;
      await working;
    },
  };
};

beforeAll(async () => {
  shop = await startSmallShop();
  backups = path.join(shop.place, 'backups');
  const writers = [keepWriting(1_000_000), keepWriting(2_000_000), keepWriting(3_000_000)];
  await eventually(() => expect(Math.min(...writers.map((one) => one.written()))).toBeGreaterThan(20));
  busy = await createBackup({ dataFolder: shop.dataFolder, backups, name: 'busy', say, signal });
  const then = writers.map((one) => one.written());
  // Whoever had to wait goes on.
  await eventually(() => expect(writers.every((one, at) => one.written() > (then[at] ?? 0) + 5)).toBe(true));
  await Promise.all(writers.map((one) => one.finish()));
});
afterAll(() => shop.remove());

/** The backup under another name, to be spoilt by files that take the place of its own. */
const spoiled = async (name: string, spoil: (folder: string) => Promise<void>) => {
  const [from, to] = [path.join(backups, 'busy'), path.join(backups, name)];
  for (const folder of ['', ...busy.folders]) await mkdir(path.join(to, folder));
  for (const file of ['manifest.json', ...busy.files.map((one) => one.path)])
    await link(path.join(from, file), path.join(to, file));
  await spoil(to);
  return name;
};

/** Gives a file another content without touching the one that it is a link to. */
const rewrite = async (file: string, change: (content: Buffer) => Buffer) => {
  const content = await readFile(file);
  await rm(file);
  await writeFile(file, change(content));
};

/** Asks a copy in a folder of its own, without the services. */
const onCopy = async <T>(name: string, look: (door: SmallShop['door'], tables: DynamoDBClient) => Promise<T>) => {
  const dataFolder = path.join(shop.place, `of-${name}`);
  await restoreBackup({ dataFolder, backups, name, dryRun: false, say, signal });
  const folder = await openDataFolder(dataFolder);
  await mkdir(folder.at('logs'), { recursive: true });
  const [port, tablesPort] = [await freePort(), await freePort()];
  const door = { port, password: shop.door.password };
  const server = await startPostgres({ folder, logFile: folder.at('logs', 'postgres.log'), ...door });
  const tables = await startTables(folder.at('tables'), tablesPort, [ledgerService]);
  const client = tablesAt(`http://127.0.0.1:${tablesPort}`);
  try {
    return await look(door, client);
  } finally {
    client.destroy();
    await tables.close();
    await server.stop(5_000);
    folder.release();
  }
};

describe('a backup of a shop that is written to', () => {
  test('is one instant of all databases and tables, equal to what it recorded, row by row', async () => {
    const ids = (rows: readonly { readonly id: number }[]) => new Set(rows.map(({ id }) => Number(id)));
    await onCopy('busy', async (door, tables) => {
      expect(await compareCopy(door, busy.databases)).toEqual([]);
      const placed = ids((await inDatabase(door, 'orders', (client) => client.query('SELECT id FROM placed'))).rows);
      const events = ids((await inDatabase(door, 'events', (client) => client.query('SELECT id FROM published'))).rows);
      const { Items = [] } = await tables.send(new ScanCommand({ TableName: 'entries', ConsistentRead: true }));
      const entries = new Set(Items.map(({ id }) => Number(id?.S)));
      expect(events.size).toBeGreaterThan(60);
      // Each writer is between two steps of one order at most: an event without its entry, or an entry without its order, is another instant.
      expect([...events].filter((id) => !entries.has(id))).toEqual([]);
      expect([...entries].filter((id) => !placed.has(id))).toEqual([]);
      expect(placed.size - events.size).toBeLessThanOrEqual(3);
      expect(placed.size).toBe(busy.databases['orders']?.tables['public.placed']?.rows);
    });
  });

  test('tells the difference of one byte in one row, of one row, and of an index', async () => {
    await onCopy('busy', async (door) => {
      await inDatabase(door, 'orders', async (client) => {
        await client.query(`UPDATE placed SET note = 'y' || substr(note, 2) WHERE id = (SELECT min(id) FROM placed)`);
        await client.query('CREATE INDEX extra ON placed (note)');
      });
      await inDatabase(door, 'events', (client) =>
        client.query('DELETE FROM published WHERE id = (SELECT max(id) FROM published)'),
      );
      expect(await compareCopy(door, busy.databases)).toEqual([
        expect.stringMatching(/^events: public\.published has \d+ rows and had \d+$/),
        'orders: the schema has more: index CREATE INDEX extra ON public.placed USING btree (note) valid t',
        expect.stringMatching(/^orders: public\.placed has \d+ rows as it had, of other content$/),
      ]);
    });
  });

  test('keeps its files from other accounts', async () => {
    expect((await stat(path.join(backups, 'busy'))).mode & 0o077).toBe(0);
    expect((await stat(path.join(backups, 'busy', 'secrets.json'))).mode & 0o077).toBe(0);
  });
});

describe('what is refused', () => {
  const anyTableFile = async (folder: string) => {
    const files = await readdir(path.join(folder, 'cluster/base/1'));
    return path.join(folder, 'cluster/base/1', files.find((name) => /^[0-9]+$/.test(name)) ?? '');
  };
  const damages: readonly [string, (folder: string) => Promise<void>, RegExp][] = [
    ['cut in half', (folder) => rm(path.join(folder, 'manifest.json')), /cut-in-half is no whole backup/],
    [
      'half a manifest',
      (folder) => rewrite(path.join(folder, 'manifest.json'), (content) => content.subarray(0, content.length / 2)),
      /manifest\.json of backup half-a-manifest was changed or cut off/,
    ],
    [
      'a missing file',
      async (folder) => rm(await anyTableFile(folder)),
      /cluster\/base\/1\/\d+ of backup a-missing-file is missing/,
    ],
    [
      'a longer file',
      async (folder) => rewrite(await anyTableFile(folder), (content) => Buffer.concat([content, Buffer.from('x')])),
      /cluster\/base\/1\/\d+ of backup a-longer-file has \d+ bytes and had \d+/,
    ],
    [
      'one byte',
      (folder) =>
        rewrite(path.join(folder, 'cluster/global/pg_control'), (content) => {
          content.writeUInt8(content.readUInt8(100) ^ 1, 100);
          return content;
        }),
      /cluster\/global\/pg_control of backup one-byte was changed: its digest is another/,
    ],
    [
      'another version',
      async (folder) => {
        const manifest = await readManifest(backups, path.basename(folder));
        await rm(path.join(folder, 'manifest.json'));
        await writeManifest(folder, { ...manifest, postgres: { ...manifest.postgres, major: '17' } });
      },
      /was made by PostgreSQL 17 and this version runs 18/,
    ],
  ];

  test.each(damages)('a backup with %s, by name, and nothing changes', async (what, spoil, refusal) => {
    const name = await spoiled(what.replaceAll(' ', '-'), spoil);
    const dataFolder = path.join(shop.place, `never-${name}`);
    for (const dryRun of [true, false])
      await expect(restoreBackup({ dataFolder, backups, name, dryRun, say, signal })).rejects.toThrow(refusal);
    const there = await readdir(dataFolder).catch(() => []);
    expect(there.filter((one) => !['cloudmart.json', 'holder.json', 'lock', 'postgres'].includes(one))).toEqual([]);
    const listed = (await listBackups(backups)).find((one) => one.name === name);
    const isUnreadable = /cut|half/.test(name);
    expect(listed && 'problem' in listed).toBe(isUnreadable);
    const verdict = verifyBackup({ backups, name, say, signal });
    if (isUnreadable) await expect(verdict).rejects.toThrow(refusal);
    else expect(await verdict).toMatchObject({ isGood: false, problem: expect.stringMatching(refusal) });
    await rm(path.join(backups, name), { recursive: true });
  });

  test('a name that leaves the folder', () => {
    for (const name of ['../x', 'a/b', 'a\\b', '..', '.hidden', '', 'x.draft', 'a'.repeat(81)])
      expect(() => requireBackupName(name)).toThrow('cannot name a backup');
  });

  test('a second one at the same time, and a name that is taken', async () => {
    const create = (name: string) => createBackup({ dataFolder: shop.dataFolder, backups, name, say, signal });
    await aloneIn(backups, async () => {
      await expect(create('second')).rejects.toThrow('another command makes or restores a backup');
      await expect(
        restoreBackup({ dataFolder: path.join(shop.place, 'x'), backups, dryRun: false, say, signal }),
      ).rejects.toThrow('another command makes or restores a backup');
    });
    await expect(create('busy')).rejects.toThrow('is there already');
  });

  test('a restore into a shop that runs', async () => {
    const { dataFolder } = shop;
    await expect(restoreBackup({ dataFolder, backups, dryRun: false, say, signal })).rejects.toThrow(
      `a shop runs on ${dataFolder} (process ${process.pid})`,
    );
  });

  test('a start on a folder whose restore was cut off', async () => {
    const folder = { path: shop.place, at: (...parts: string[]) => path.join(shop.place, ...parts) };
    await requireWholeRestore(folder);
    await writeFile(path.join(shop.place, 'restoring.json'), '{}');
    await expect(requireWholeRestore(folder)).rejects.toThrow('was cut off');
  });
});

// A disk of its own size needs a mount, and so root on Linux.
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;

/** Makes a backup into a small disk, in a process that alone sees it; returns the refusal and what is left there. */
const onSmallDisk = async (megabytes: number, isFilledMeanwhile: boolean) => {
  const disk = path.join(shop.place, `disk-${megabytes}`);
  await mkdir(disk);
  const program = `import { readdirSync, writeFileSync } from 'node:fs';
    const { createBackup } = await import(${JSON.stringify(path.resolve('lib/backups/create-backup.ts'))});
    const say = () => { try { writeFileSync('${disk}/ballast', Buffer.alloc(${(megabytes - 10) * 1024 ** 2})); } catch (problem) { if (problem.code !== 'ENOSPC') throw problem; } };
    const { signal } = new AbortController();
    const code = await createBackup({ dataFolder: '${shop.dataFolder}', backups: '${disk}', say: ${isFilledMeanwhile} ? say : () => {}, signal })
      .catch((problem) => problem.code);
    console.log(JSON.stringify([code, readdirSync('${disk}').filter((name) => name !== 'ballast').sort()]));`;
  const script = `mount -t tmpfs -o size=${megabytes}m tmpfs "$1" && "$2" --input-type=module-typescript -e "$3"`;
  const child = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', disk, process.execPath, program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  return JSON.parse(await text(child.stdout)) as [string, string[]];
};

(canMount ? test : test.skip)(
  'a disk too small, or filled by somebody meanwhile, leaves nothing of a backup',
  async () => {
    expect(await onSmallDisk(20, false)).toEqual(['backup.disk-full', ['lock']]);
    expect(await onSmallDisk(300, true)).toEqual(['backup.disk-full', ['lock']]);
  },
);

test('a backup that is ended midway, or whose maker was killed, leaves nothing', async () => {
  const drafts = async () => (await readdir(backups)).filter((name) => name.endsWith('.draft'));
  const giveUp = new AbortController();
  const ended = createBackup({
    ...{ dataFolder: shop.dataFolder, backups, name: 'ended', signal: giveUp.signal },
    say: (sentence) => {
      if (sentence.startsWith('holding')) giveUp.abort(new Error('no more'));
    },
  });
  await expect(ended).rejects.toThrow('no more');
  expect(await drafts()).toEqual([]);
  await mkdir(path.join(backups, 'killed.draft'));
  await createBackup({ dataFolder: shop.dataFolder, backups, name: 'next', say, signal });
  expect(await drafts()).toEqual([]);
  await rm(path.join(backups, 'next'), { recursive: true });
});

test('a restore keeps what was there, and a second restore brings the first state back', async () => {
  const dataFolder = path.join(shop.place, 'twice');
  const restore = () => restoreBackup({ dataFolder, backups, name: 'busy', dryRun: false, say, signal });
  expect((await restore()).kept).toEqual([]);
  await writeFile(path.join(dataFolder, 'mail', 'later.json'), '{}');
  const { kept } = await restore();
  expect(await readdir(path.join(dataFolder, 'mail'))).toEqual(['ord_1.order-confirmed.json']);
  const keptMail = kept.find(({ was }) => was.endsWith('mail'))?.is ?? '';
  expect((await readdir(keptMail)).toSorted()).toEqual(['later.json', 'ord_1.order-confirmed.json']);
  expect(kept.some(({ was }) => was.endsWith('cluster'))).toBe(true);
});

/** Restores in a process that is killed at so many renames; whether it got through to its end before. */
const restoreKilledAt = async (dataFolder: string, renames: number): Promise<boolean> => {
  const program = `import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const rename = fs.rename;
    let left = ${renames};
    fs.rename = (...places) => ((left -= 1) === 0 ? process.kill(process.pid, 'SIGKILL') : rename(...places));
    syncBuiltinESMExports();
    const { restoreBackup } = await import(${JSON.stringify(path.resolve('lib/backups/restore-backup.ts'))});
    const [dataFolder, backups] = ${JSON.stringify([dataFolder, backups])};
    const { signal } = new AbortController();
    await restoreBackup({ dataFolder, backups, name: 'busy', dryRun: false, say: () => {}, signal });`;
  const words = ['--input-type=module-typescript', '--eval', program];
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  const [code, name] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  expect(code ?? name).toBe(name === null ? 0 : 'SIGKILL');
  return name === null;
};

test('a restore that is killed at any of its steps is refused by the next start, or nothing has changed; run again, it is whole and nothing is lost', async () => {
  const dataFolder = path.join(shop.place, 'killed');
  const folder = { path: dataFolder, at: (...parts: string[]) => path.join(dataFolder, ...parts) };
  const restore = () => restoreBackup({ dataFolder, backups, name: 'busy', dryRun: false, say, signal });
  const mails = () => readdir(folder.at('mail')).catch((): string[] => []);
  await restore();
  // The first are each of another kind; those that follow put one part after the other aside, and in its place.
  for (let [renames, isDone] = [1, false]; !isDone; renames += renames < 3 ? 1 : 3) {
    const ours = `ours-${renames}.json`;
    await writeFile(folder.at('mail', ours), '{}');
    isDone = await restoreKilledAt(dataFolder, renames);
    const mayStart = await requireWholeRestore(folder).then(
      () => true,
      () => false,
    );
    if (mayStart) expect((await mails()).includes(ours)).toBe(!isDone);
    await restore();
    await requireWholeRestore(folder);
    expect(await mails()).toEqual(['ord_1.order-confirmed.json']);
    expect((await readdir(dataFolder)).filter((name) => ['restoring', 'restoring.json'].includes(name))).toEqual([]);
    expect((await readdir(folder.at('replaced'), { recursive: true })).map((name) => path.basename(name))).toContain(
      ours,
    );
  }
});

test('Ctrl-C while a restore copies leaves the folder as it was', async () => {
  const dataFolder = path.join(shop.place, 'interrupted');
  const stop = new AbortController();
  await restoreBackup({ dataFolder, backups, name: 'busy', dryRun: false, say, signal });
  await writeFile(path.join(dataFolder, 'mail', 'ours.json'), '{}');
  const restoring = restoreBackup({
    ...{ dataFolder, backups, name: 'busy', dryRun: false, signal: stop.signal },
    say: () => stop.abort(new Error('told to stop')),
  });
  await expect(restoring).rejects.toThrow('told to stop');
  expect(await readdir(path.join(dataFolder, 'mail'))).toContain('ours.json');
  expect((await readdir(dataFolder)).filter((name) => /^(restoring|replaced)/.test(name))).toEqual([]);
});

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

let place: string;
beforeEach(async () => {
  place = await mkdtemp(path.join(os.tmpdir(), 'cloudmart-full-'));
});
afterEach(() => rm(place, { recursive: true, force: true }));

// A disk of its own size needs a mount, and so root on Linux.
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;

/** Runs a program that sees `disk`, a folder of 1 MiB in which everything but 64 KiB is taken by `ballast`; returns what it prints as JSON. */
const onSmallDisk = (source: string): unknown => {
  const script = `mkdir "$1/disk" && mount -t tmpfs -o size=1m tmpfs "$1/disk" && head -c 983040 /dev/zero > "$1/disk/ballast" && "$2" --input-type=module-typescript -e "$3"`;
  const program = `import { readFile, readdir, rm } from 'node:fs/promises';
    const disk = ${JSON.stringify(path.join(place, 'disk'))};
    const left = async (folder = disk) => (await readdir(folder)).filter((name) => name !== 'ballast').sort();
    ${source}`;
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', place, process.execPath, program], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
};
const from = (file: string) => JSON.stringify(path.resolve(file));

describe('on a full disk', () => {
  (canMount ? test : test.skip)(
    'a file that is replaced keeps its old content, and no draft takes more room (T21)',
    () => {
      expect(
        onSmallDisk(`const { writeFileAtomically } = await import(${from('lib/write-file-atomically.ts')});
        const file = disk + '/state.json';
        await writeFileAtomically(file, 'old');
        const code = await writeFileAtomically(file, 'x'.repeat(200_000)).catch((problem) => problem.code);
        const kept = await readFile(file, 'utf8');
        const files = await left();
        await rm(disk + '/ballast');
        await writeFileAtomically(file, 'x'.repeat(200_000));
        console.log(JSON.stringify({ code, kept, files, later: (await readFile(file)).length }));`),
      ).toEqual({ code: 'ENOSPC', kept: 'old', files: ['state.json'], later: 200_000 });
    },
  );

  (canMount ? test : test.skip)('a mail is not half there, and is sent when there is room (T21)', () => {
    expect(
      onSmallDisk(`const { createFolderMailSender } = await import(${from('services/kit/mail/folder-mail-sender.ts')});
        const folder = disk + '/mails';
        const sender = createFolderMailSender(folder);
        const mail = { notificationId: 'ord_1:order-confirmed', to: 'a@example.com', from: 'shop@example.com', subject: 's', text: 'x'.repeat(200_000), html: '' };
        const refused = await sender.send(mail).catch((problem) => [problem.constructor.name, problem.message.endsWith('ENOSPC')]);
        const files = await left(folder);
        const sentThen = await sender.findSent(mail.notificationId);
        await rm(disk + '/ballast');
        await sender.send(mail);
        console.log(JSON.stringify({ refused, files, sentThen, later: await left(folder) }));`),
    ).toEqual({
      refused: ['SenderAway', true],
      files: [],
      sentThen: 'not-sent',
      later: ['ord_1.order-confirmed.json'],
    });
  });
});

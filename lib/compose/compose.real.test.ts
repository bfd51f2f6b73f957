/** compose.yaml in Docker Compose itself, and the whole shop of it in a real engine, beside real peers on the machine. */
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createShopClient } from '../../services/contracts/http/client.ts';
import { usesCache } from '../../services/kit/cache-rights.ts';
import { eventually } from '../../services/kit/testing/condition.ts';
import { type KafkaBroker, startKafkaBroker } from '../../services/kit/testing/event-logs/kafka-broker.ts';
import { freePort } from '../../services/kit/testing/loopback.ts';
import { type RedisServer, startRedis } from '../../services/kit/testing/redis-server.ts';
import { root } from '../checkout.ts';
import { type Postgres, startPostgres } from '../local/postgres/postgres.ts';
import { startTables, type Tables } from '../local/tables/tables.ts';
import { ownPlatform } from '../release/registry/image-platforms.ts';
import { type ContainerEngine, startContainerEngine, TEST_BASE } from '../release/testing/container-engine.ts';
import { runProgram } from '../run-program.ts';
import { sentMailsOf, services } from '../services.ts';
import { FILMS_FILE } from '../shop/demo-catalogue.ts';
import { provePurchase } from '../shop/purchase.ts';
import { partOf } from '../testing/real-part.ts';
import type { ComposeContainer } from './compose-container.ts';
import { composeFiles, composeProject } from './compose-file.ts';
import { prepareCompose } from './prepare-compose.ts';

const containers: Readonly<Record<string, ComposeContainer>> = composeProject(services).services;
const ours = Object.entries(containers).filter(([, { image }]) => image.startsWith('cloudmart/'));

let place: string;
const compose = (...parameters: string[]) =>
  runProgram(partOf('REAL_COMPOSE'), ['--project-directory', place, ...parameters], {
    environment: { COMPOSE_MENU: 'false', COMPOSE_BAKE: 'false' },
  });

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'cloudmart-compose-'));
  await chmod(place, 0o711);
  for (const [file, text] of composeFiles(services)) {
    await mkdir(path.dirname(path.join(place, file)), { recursive: true });
    await writeFile(path.join(place, file), text);
  }
  await cp(path.join(root, 'Dockerfile'), path.join(place, 'Dockerfile'));
  await mkdir(path.dirname(path.join(place, FILMS_FILE)), { recursive: true });
  await cp(path.join(root, FILMS_FILE), path.join(place, FILMS_FILE));
});

afterAll(() => rm(place, { recursive: true, force: true }));

test('without .env Compose refuses, and says which command makes it', async () => {
  const { code, output } = await compose('--file', path.join(place, 'compose.yaml'), 'config', '--quiet');
  expect(code).not.toBe(0);
  expect(output).toMatch(/required variable \w+ is missing a value: is missing from \.env, run npx cloudmart compose/);
});

describe('with what the command makes', () => {
  beforeAll(async () => {
    await prepareCompose({ root, place, services, progress: () => {} });
  });

  test('Compose finds nothing wrong, and every container in it', async () => {
    const { code, output } = await compose(
      ...['--file', path.join(place, 'compose.yaml'), '--profile', '*', 'config', '--format', 'json'],
    );
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    const model = JSON.parse(output) as { services: Record<string, { environment?: Record<string, string> }> };
    expect(Object.keys(model.services).sort()).toEqual(Object.keys(containers).sort());
    expect(model.services['order']?.environment?.['DATABASE_URL']).toMatch(
      /^postgresql:\/\/order:[\w-]{32}@postgres:5432\/orders$/,
    );
  });

  describe('in an engine', () => {
    let engine: ContainerEngine;
    let postgres: Postgres;
    let broker: KafkaBroker;
    let redis: RedisServer;
    let tables: Tables;
    let secrets: Readonly<Record<string, string>>;
    const ports = new Map<string, string>();
    const files = () => ['--file', path.join(place, 'compose.yaml'), '--file', path.join(place, 'machine.yaml')];

    /** Command line of a server in compose.yaml with the passwords of .env, which this machine's own program understands too. */
    const serverParameters = (peer: string) =>
      (containers[peer]?.command ?? [])
        .slice(1)
        .map((word) => word.replaceAll(/\$\{(\w+):[^}]*\}/g, (_, name: string) => secrets[name] ?? ''));

    /** The same containers in the network of the machine, where the peers are: every address of compose.yaml has its other one. */
    const override = async () => {
      const moved = new Map([
        ['postgres:5432', `127.0.0.1:${postgres.port}`],
        ['kafka:9092', broker.address],
        ['tables:8000', `127.0.0.1:${tables.port}`],
        ['valkey:6379', `127.0.0.1:${redis.port}`],
      ]);
      for (const { name, ports: doors } of services)
        for (const port of Object.values(doors)) {
          ports.set(`${name}:${port}`, String(await freePort()));
          moved.set(`${name}:${port}`, `127.0.0.1:${ports.get(`${name}:${port}`)}`);
        }
      ports.set('mailbox:8092', String(await freePort()));
      const lines = ['services:'];
      for (const [name, { environment = {}, depends_on = {} }] of ours) {
        lines.push(`  ${name}:`, '    network_mode: host', '    ports: !reset []', '    build:', '      args:');
        lines.push(`        BASE: ${TEST_BASE.replace('{arch}', ownPlatform().split('/')[1] as string)}`);
        lines.push('    environment:');
        for (const [key, value] of Object.entries(environment)) {
          let text = value;
          for (const [from, to] of moved) text = text.replaceAll(new RegExp(`\\b${from}\\b`, 'g'), to);
          if (key === 'PROBE_PORT') text = String(await freePort());
          else if (key.endsWith('_PORT')) text = ports.get(`${name}:${value}`) ?? value;
          lines.push(`      ${key}: ${JSON.stringify(text)}`);
        }
        const waiting = Object.entries(depends_on).filter(([other]) => ours.some(([one]) => one === other));
        lines.push(waiting.length === 0 ? '    depends_on: !reset {}' : '    depends_on: !override');
        for (const [other, { condition }] of waiting) lines.push(`      ${other}:`, `        condition: ${condition}`);
      }
      await writeFile(path.join(place, 'machine.yaml'), `${lines.join('\n')}\n`);
    };

    beforeAll(async () => {
      secrets = Object.fromEntries(
        (await readFile(path.join(place, '.env'), 'utf8'))
          .split('\n')
          .filter((line) => /^\w+=/.test(line))
          .map((line) => line.split('=') as [string, string]),
      );
      await mkdir(path.join(place, 'data'));
      // Else the account that runs PostgreSQL for root could not enter, and its files would stay in /var/lib.
      await chmod(place, 0o711);
      [engine, postgres, broker, redis, tables] = await Promise.all([
        startContainerEngine(),
        startPostgres({
          folder: { path: path.join(place, 'data'), id: path.basename(place) },
          logFile: path.join(place, 'postgres.log'),
          port: await freePort(),
          password: secrets['POSTGRES_PASSWORD'] ?? '',
        }),
        startKafkaBroker(),
        startRedis({ parameters: serverParameters('valkey') }),
        startTables(path.join(place, 'tables'), 0, services),
      ]);
      await override();
      const { code, output } = await compose(
        ...files(),
        'up',
        '--build',
        '--detach',
        ...ours.map(([name]) => name).filter((name) => name !== 'catalogue'),
      );
      if (code !== 0) {
        const logs = await compose(...files(), 'logs', '--no-color', '--tail', '30');
        throw new Error(`the shop did not come up: ${output.slice(-3000)}\n${logs.output.slice(-6000)}`);
      }
    });

    afterAll(async () => {
      if (engine) await compose(...files(), 'down', '--volumes', '--timeout', '30');
      await engine?.stop();
      await tables?.close();
      await redis?.kill();
      await broker?.drop();
      await postgres?.stop(5_000);
    });

    test('every service is healthy and the job that prepares the peers has ended', async () => {
      await eventually(
        async () => {
          const { output } = await compose(...files(), 'ps', '--all', '--format', 'json');
          const states = output
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as { Service: string; State: string; Health: string; ExitCode: number });
          const told = Object.fromEntries(
            states.map(({ Service, State, Health, ExitCode }) => [Service, Health || `${State} ${ExitCode}`]),
          );
          expect(told).toEqual({
            ...Object.fromEntries(
              // What only takes events has no door at which it could be asked.
              services.map(({ name, ports }) => [name, Object.keys(ports).length === 0 ? 'running 0' : 'healthy']),
            ),
            prepare: 'exited 0',
            mailbox: 'healthy',
          });
        },
        { everyMs: 1_000 },
      );
    });

    test('the films are loaded, and a customer buys two and gets the mail', async () => {
      const load = await compose(...files(), 'run', '--rm', '--no-deps', 'catalogue');
      expect({ code: load.code, tail: load.output.slice(-500) }).toMatchObject({ code: 0 });
      const api = createShopClient({ baseUrl: `http://127.0.0.1:${ports.get('api-gateway:8080')}` });
      const mailboxUrl = `http://127.0.0.1:${ports.get('mailbox:8092')}`;
      const { accessToken } = await api.accounts.logIn({
        body: { email: 'staff@cloudmart.example', password: secrets['USER_STAFF_PASSWORD'] ?? '' },
      });
      const proof = await provePurchase({
        api,
        mailbox: sentMailsOf(services) && mailboxUrl,
        staffToken: accessToken,
        say: () => {},
        signal: new AbortController().signal,
      });
      expect(proof).toMatchObject({ order: { id: expect.stringMatching(/^ord_/) } });
    });

    test('each service that uses the cache is in it as itself, and was refused nothing', async () => {
      const connected = String(await redis.ask('CLIENT', 'LIST')).matchAll(/ user=(\S+) /g);
      const users = new Set([...connected].map(([, user]) => user));
      for (const { name } of services.filter(usesCache)) expect(users).toContain(name);
      expect(await redis.ask('KEYS', 'cart:*')).not.toEqual([]);
      expect(await redis.ask('ACL', 'LOG')).toEqual([]);
    });
  });
});

test('the part of the specification that is used is read back as it was written', () => {
  expect(parse(composeFiles(services).get('compose.yaml') ?? '')).toEqual(
    JSON.parse(JSON.stringify(composeProject(services))),
  );
});

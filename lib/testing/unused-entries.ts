/** Entries of a manifest for which no code of the service has a use: each is a right, an address or a secret that stays granted. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DestinationName } from '../../services/kit/destinations.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { observedBy } from '../../services/kit/observation.ts';
import { root } from '../checkout.ts';

/** By what code a destination is reached. */
const reachedBy: Readonly<Record<DestinationName, RegExp>> = {
  ses: /\bopenMailSender\(/,
  sns: /from '@aws-sdk\/client-sns'/,
  chat: /\bopenChatSender\(/,
  'sent-mails': /\bopenMailTopic\(/,
  bedrock: /from '@aws-sdk\/client-bedrock-agent-runtime'/,
  bigquery: /\bopenWarehouse\w*\(/,
  openai: /from 'openai'/,
  'azure-language': /\bAZURE_LANGUAGE_ENDPOINT\b/,
  stripe: /from 'stripe'/,
};

/** Values that something other than the service's own code reads; its process is given them and may refuse them. */
const readElsewhere = new Set([
  // config.ts refuses it, and says what took its place.
  'assistant OPENAI_ASSISTANT_ID',
  // The C library reads it ahead of any code.
  'user MALLOC_MMAP_THRESHOLD_',
]);

/** Source of a service as it ships, without its manifest and what only declares values. */
export const sourceOf = (service: string): string =>
  globSync(`services/${service}/**/*.{ts,tsx,sql}`, { cwd: root })
    .filter((file) => !/\.test\.tsx?$|\/testing\/|\/(manifest|config)\.ts$/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');

const named = (name: string) => new RegExp(`['"\`]${name}['"\`]`);
const word = (name: string) => new RegExp(`\\b${name}\\b`);
const asks = (door: 'grpc' | 'http', callee: string) => new RegExp(`\\b${door}(?:To)?\\(\\s*'${callee}'`);
const generated = (callee: string) => new RegExp(`contracts/generated/cloudmart/${callee.replaceAll('-', '_')}/`);

const callProblems = ({ calls, callsByGrpc = [] }: ServiceManifest, source: string): string[] => [
  ...callsByGrpc
    .filter((callee) => !asks('grpc', callee).test(source) || !generated(callee).test(source))
    .map((callee) => `callsByGrpc "${callee}": no code makes a client of its gRPC door`),
  ...calls
    .filter((callee) => {
      // Every door that knows customers reads the keys of their tokens there.
      if (callee === 'user' && /\bcreate(Http|Grpc)Server\(/.test(source)) return false;
      // Asked by the names of all that are called.
      if (/\bconfig\.callees\[name\]/.test(source)) return false;
      return !callsByGrpc.includes(callee) && !asks('http', callee).test(source);
    })
    .map((callee) => `calls "${callee}": no code makes a client of its HTTP door`),
];

const configurationProblems = ({ name, configuration }: ServiceManifest, source: string): string[] =>
  Object.entries(configuration)
    .filter(
      ([key, { toldTo }]) => toldTo === undefined && !readElsewhere.has(`${name} ${key}`) && !word(key).test(source),
    )
    .map(([key, { kind }]) => `${kind === 'secret' ? 'secret' : 'variable'} ${key}: no code reads it`);

const eventProblems = ({ publishes, consumes }: ServiceManifest, source: string): string[] => [
  ...Object.keys(publishes)
    .filter((topic) => !source.includes(topic))
    .map((topic) => `publishes "${topic}": no code puts anything on it`),
  ...Object.entries(consumes).flatMap(([topic, types]) =>
    (types === 'all' ? [] : types)
      .filter((type) => !named(type).test(source))
      .map((type) => `consumes "${topic}": no code handles ${type}`),
  ),
];

const observationProblems = (service: ServiceManifest, source: string): string[] => {
  const { databases, topics, tables } = observedBy(service);
  return [
    ...(databases.length > 0 && !/\bobserved\??\.databases\b/.test(source)
      ? ['observes databases: no code opens them']
      : []),
    ...(topics.length > 0 && !/\bopenEventLog\(/.test(source) ? ['observes topics: no code opens the log'] : []),
    ...tables
      .filter((table) => !source.includes(`tables['${table}']`))
      .map((table) => `observes table "${table}": no code reads it`),
  ];
};

const ownedProblems = ({ owns, cache, operates }: ServiceManifest, source: string): string[] => [
  ...Object.keys(owns.tables ?? {})
    .filter((table) => !source.includes(`tables['${table}']`) && !source.includes(`tables.${table}`))
    .map((table) => `owns table "${table}": no code uses it`),
  ...Object.keys(owns.buckets ?? {})
    .filter((bucket) => !/\bopenObjectStore\(/.test(source) || !named(bucket).test(source))
    .map((bucket) => `owns bucket "${bucket}": no code uses it`),
  ...(cache && !/\bopen(Own)?Cache\(|\bconfig\.cache\b/.test(source) ? ['cache: no code opens it'] : []),
  ...(operates && !/\bplatformMap\b/.test(source) ? ['operates: no code reads what the shop is made of'] : []),
];

/** A part of the kit that reads values of its own, and by what a service shows that it uses it. */
const withWarehouse = (source: string) =>
  reachedBy.bigquery.test(source) ? source + sourceOf('kit/warehouse') : source;

/** What a manifest grants and no code of its service uses, a sentence each. `source` is that of the service, `sourceOf` if not given. */
export const unusedEntries = (service: ServiceManifest, source: string = sourceOf(service.name)): string[] => [
  ...callProblems(service, source),
  ...(service.reaches ?? [])
    .filter((name) => !reachedBy[name].test(source))
    .map((name) => `reaches "${name}": no code asks it`),
  ...configurationProblems(service, withWarehouse(source)),
  ...eventProblems(service, source),
  ...observationProblems(service, source),
  ...ownedProblems(service, source),
];

/** Values of `readElsewhere` that no manifest declares any more, or that code reads now. */
export const needlessExceptions = (services: readonly ServiceManifest[]): string[] =>
  [...readElsewhere].filter((entry) => {
    const [name = '', key = ''] = entry.split(' ');
    const service = services.find((each) => each.name === name);
    return !service?.configuration[key] || word(key).test(sourceOf(name));
  });

/** The contracts of events and doors as documents: `services/contracts/published`, written by `npm run generate` and compared here. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Door, Doors } from '../../services/contracts/http/door.ts';
import { type Schema, schemaChanges } from './schema-changes.ts';

const ASYNC_API = 'published/asyncapi.json';
const OPEN_API = 'published/openapi.json';

type Message = { readonly payload: Schema };
type Operation = {
  readonly request: Readonly<Partial<Record<'path' | 'query' | 'headers' | 'body', Schema>>>;
  readonly answers: Readonly<Record<string, Schema>>;
};
export type Published = {
  readonly events: Readonly<Record<string, Readonly<Record<string, Message>>>>;
  /** Beginning of every path, which names the version of all doors. */
  readonly prefix: string;
  readonly doors: Readonly<Record<string, Operation>>;
};

const schemaOf = (schema: z.ZodType): Schema => {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return described;
};

type EventTopics = Readonly<
  Record<
    string,
    {
      readonly schema: {
        readonly options: readonly (z.ZodType & { readonly shape: { readonly type: { readonly value: string } } })[];
      };
    }
  >
>;

const operationOf = ({ params, query, headers, body, answers }: Door): Operation => ({
  request: {
    ...(params && { path: schemaOf(params) }),
    ...(query && { query: schemaOf(query) }),
    ...(headers && { headers: schemaOf(headers) }),
    ...(body && { body: schemaOf(body) }),
  },
  answers: Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, schemaOf(answer)])),
});

/** What the sources under a folder of contracts say. */
export const publishedOf = (topics: EventTopics, prefix: string, tables: readonly Doors[]): Published => ({
  events: Object.fromEntries(
    Object.entries(topics).map(([topic, { schema }]) => [
      topic,
      Object.fromEntries(schema.options.map((event) => [event.shape.type.value, { payload: schemaOf(event) }])),
    ]),
  ),
  prefix,
  doors: Object.fromEntries(
    tables
      .flatMap((doors) => Object.values(doors))
      .map((door): [string, Operation] => [
        `${door.method} ${door.path.replaceAll(/:(\w+)/g, '{$1}')}`,
        operationOf(door),
      ])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ),
});

const readSources = async (folder: string): Promise<Published> => {
  const load = (file: string) => import(pathToFileURL(join(folder, file)).href) as Promise<Record<string, unknown>>;
  const files = readdirSync(join(folder, 'http'), { recursive: true, encoding: 'utf8' });
  const tables: Doors[] = [];
  for (const file of files.filter((name) => name.endsWith('-doors.ts')).toSorted())
    for (const [name, value] of Object.entries(await load(join('http', file))))
      if (name.endsWith('Doors') && typeof value === 'object') tables.push(value as Doors);
  const { topics } = await load('events/topics.ts');
  const { apiPrefix } = await load('http/api-prefix.ts');
  return publishedOf(topics as EventTopics, String(apiPrefix), tables);
};

/** The documents, by their place in the folder of contracts. */
export const documentsOf = ({ events, prefix, doors }: Published): Readonly<Record<string, string>> => {
  const info = { title: 'CloudMart', version: '1' };
  const channels = Object.entries(events).map(([address, messages]) => [address, { address, messages }]);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [door, { request, answers }] of Object.entries(doors)) {
    const [method = '', path = ''] = door.split(' ');
    const parameters = (['path', 'query', 'headers'] as const).flatMap((place) => {
      const { properties = {}, required = [] } = (request[place] ?? {}) as {
        properties?: Record<string, Schema>;
        required?: string[];
      };
      return Object.entries(properties).map(([name, schema]) => ({
        ...{
          name,
          in: place === 'headers' ? 'header' : place,
          required: place === 'path' || required.includes(name),
          schema,
        },
      }));
    });
    const operation = {
      ...(parameters.length > 0 && { parameters }),
      ...(request.body && {
        requestBody: { required: true, content: { 'application/json': { schema: request.body } } },
      }),
      responses: Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          { description: `Answer ${status}.`, content: { 'application/json': { schema } } },
        ]),
      ),
      'x-request': request,
    };
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  }
  const text = (document: unknown) => `${JSON.stringify(document, null, 1)}\n`;
  return {
    [ASYNC_API]: text({
      asyncapi: '3.0.0',
      info,
      defaultContentType: 'application/json',
      channels: Object.fromEntries(channels),
    }),
    [OPEN_API]: text({ openapi: '3.1.0', info, servers: [{ url: prefix }], paths }),
  };
};

type AsyncApi = { channels: Record<string, { messages: Record<string, Message> }> };
type OpenApi = {
  servers: { url: string }[];
  paths: Record<
    string,
    Record<
      string,
      {
        'x-request': Operation['request'];
        responses: Record<string, { content: { 'application/json': { schema: Schema } } }>;
      }
    >
  >;
};

/** What the documents of the last release say. */
export const publishedIn = (documents: Readonly<Record<string, string>>): Published => {
  const { channels } = JSON.parse(documents[ASYNC_API] ?? '') as AsyncApi;
  const { servers, paths } = JSON.parse(documents[OPEN_API] ?? '') as OpenApi;
  const doors = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses, 'x-request': request }]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      {
        request,
        answers: Object.fromEntries(
          Object.entries(responses).map(([status, { content }]) => [status, content['application/json'].schema]),
        ),
      },
    ]),
  );
  return {
    events: Object.fromEntries(Object.entries(channels).map(([topic, { messages }]) => [topic, messages])),
    prefix: servers[0]?.url ?? '',
    doors: Object.fromEntries(doors),
  };
};

/** `order.paid.v1` becomes `order.paid.v2`. */
const nextVersion = (type: string) => type.replace(/\d+$/, (version) => String(Number(version) + 1));

const eventChanges = (before: Published, after: Published): string[] =>
  Object.entries(before.events).flatMap(([topic, messages]) =>
    Object.entries(messages).flatMap(([type, { payload }]) => {
      const now = after.events[topic];
      if (now?.[type]) return schemaChanges(payload, now[type].payload, 'event', `event ${type}`);
      return now?.[nextVersion(type)] ? [] : [`event ${type} of ${topic} is gone`];
    }),
  );

const doorChanges = (before: Published, after: Published): string[] =>
  before.prefix !== after.prefix
    ? []
    : Object.entries(before.doors).flatMap(([door, { request, answers }]) => {
        const now = after.doors[door];
        if (!now) return [`route ${door} is gone`];
        const places = [
          ...new Set([...Object.keys(request), ...Object.keys(now.request)]),
        ] as (keyof Operation['request'])[];
        return [
          ...places.flatMap((place) =>
            schemaChanges(
              request[place] ?? { type: 'object' },
              now.request[place] ?? { type: 'object' },
              'request',
              `route ${door} ${place}`,
            ),
          ),
          ...Object.entries(answers).flatMap(([status, answer]) => {
            const told = now.answers[status];
            return told
              ? schemaChanges(answer, told, 'answer', `route ${door} answer ${status}`)
              : [`route ${door} no longer answers ${status}`];
          }),
        ];
      });

/** Changes that those who were built with the last release would not survive, one a sentence. */
export const incompatibleChanges = (before: Published, after: Published): string[] => [
  ...eventChanges(before, after),
  ...doorChanges(before, after),
];

const readDocuments = (folder: string) =>
  Object.fromEntries(
    [ASYNC_API, OPEN_API]
      .filter((file) => existsSync(join(folder, file)))
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );

/** Like `breakingChanges` of the .proto files; empty when there are none. */
export const breakingPublished = async (folder: string): Promise<string> => {
  const documents = readDocuments(folder);
  if (Object.keys(documents).length < 2)
    return `${ASYNC_API} or ${OPEN_API} is missing: without it nothing can be compared.`;
  return incompatibleChanges(publishedIn(documents), await readSources(folder)).join('\n');
};

/** Documents that `npm run generate` would change, one a line; empty when all are fresh. */
export const stalePublished = async (folder: string): Promise<string> => {
  const found = readDocuments(folder);
  return Object.entries(documentsOf(await readSources(folder)))
    .filter(([file, text]) => found[file] !== text)
    .map(([file]) => file)
    .join('\n');
};

/** Writes the documents; returns those that changed. */
export const publishContracts = async (folder: string): Promise<string[]> => {
  const stale = (await stalePublished(folder)).split('\n').filter((file) => file !== '');
  const documents = documentsOf(await readSources(folder));
  mkdirSync(join(folder, 'published'), { recursive: true });
  for (const file of stale) writeFileSync(join(folder, file), documents[file] ?? '');
  return stale;
};

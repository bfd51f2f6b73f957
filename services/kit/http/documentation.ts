import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import type { FastifyContextConfig, FastifySchema } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { Access } from '../auth/caller.ts';
import type { ServiceManifest } from '../manifest.ts';
import { sessionCookie } from './access-control.ts';
import { createDocumentationPage, type DocumentationPage, pagePolicy } from './documentation-page.ts';
import type { ServedDoor } from './doors.ts';
import type { HttpServer } from './fastify-zod.ts';
import { createFixedAnswer, type FixedAnswer } from './fixed-answer.ts';
import { problemMediaType } from './problem.ts';

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'traceId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable and machine-readable.' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    expected: { description: 'What the request took for granted, where something else is so.' },
    actual: { description: 'What is so instead of what was expected.' },
    traceId: { type: 'string' },
  },
  example: {
    type: 'urn:cloudmart:problem:request.invalid',
    title: 'Bad Request',
    status: 400,
    code: 'request.invalid',
    detail: 'The body does not have the expected form; "errors" names each field.',
    errors: [{ path: 'items.0.quantity', message: 'Too small: expected number to be >=1' }],
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  },
};

const securityOf: Readonly<Record<Access, readonly Record<string, readonly string[]>[]>> = {
  public: [],
  customer: [{ accessToken: [] }],
  'customer-or-guest': [{ accessToken: [] }, { guestSession: [] }],
  staff: [{ accessToken: [] }],
  admin: [{ accessToken: [] }],
};

/** Answers by the names of their status codes, such as `Created`; a response has no description of its own. */
const nameResponses = (responses: Readonly<Record<string, object>>) =>
  Object.fromEntries(
    Object.entries(responses).map(([status, schema]) => [
      status,
      { 'x-response-description': STATUS_CODES[status] ?? 'Done', ...schema },
    ]),
  );

/** Answers with the headers that their door promises, where the plugin looks for them. */
const withHeaders = (answers: object, door: ServedDoor | undefined): object => {
  if (!door?.answerHeaders) return answers;
  const headers = z.toJSONSchema(door.answerHeaders).properties;
  return Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, { ...answer, headers }]));
};

/** The answer of a door that is not JSON. */
const asMedia = (media: readonly string[]) => ({
  200: {
    description: 'OK',
    content: Object.fromEntries(media.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])),
  },
});

/** Adds what every route has and no route repeats: who may call it, and how it says no. */
const describeOperation = (
  schema: FastifySchema & { hide?: boolean },
  { access = 'public', door }: FastifyContextConfig = {},
): FastifySchema =>
  schema.hide
    ? schema
    : ({
        ...schema,
        // First that nothing is needed: it is what samples are made from.
        security: [...(door?.newGuest === 'goes-on' ? [{}] : []), ...securityOf[access]],
        response: {
          ...withHeaders(
            door?.media
              ? asMedia(door.media)
              : nameResponses((schema.response as Readonly<Record<string, object>> | undefined) ?? { 200: {} }),
            door,
          ),
          default: {
            description: 'A problem; its code is stable.',
            content: { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        },
      } as FastifySchema);

export type DocumentationOptions = {
  /** Heading of the page; default `CloudMart` and the name of the service. */
  readonly title?: string;
  /** What a reader should know first, in Markdown; default the manifest's summary. */
  readonly introduction?: string;
  /** Groups of operations (the `tags` of routes) in the order in which they are shown; others follow, `operations` last. */
  readonly groups?: readonly DocumentedGroup[];
};

export type DocumentedGroup = { readonly name: string; readonly description?: string };

type Described = { readonly paths?: Readonly<Record<string, object | undefined>> };
type Operation = { readonly tags?: readonly string[] };

/** Every service has these. */
const operations = { name: 'operations', description: 'How the service is, for probes and for those who run it.' };

const groupOf = (path: object = {}) => (Object.values(path) as Operation[])[0]?.tags?.[0] ?? '';

/** Puts the groups and their paths into the order of the page: what callers come for first, what keeps the service alive last. */
const inOrder = <T extends Described>(document: T, described: readonly DocumentedGroup[]): T => {
  const paths = Object.entries(document.paths ?? {});
  const known = [...described.map(({ name }) => name), operations.name];
  const found = new Set(paths.map(([, path]) => groupOf(path)).filter((name) => name !== '' && !known.includes(name)));
  const groups: DocumentedGroup[] = [...described, ...[...found].map((name) => ({ name })), operations];
  const place = (path?: object) => groups.findIndex(({ name }) => name === groupOf(path));
  return {
    ...document,
    tags: groups.map((group) => ({
      ...group,
      'x-displayName': `${group.name.charAt(0).toUpperCase()}${group.name.slice(1)}`,
    })),
    paths: Object.fromEntries(paths.toSorted(([, one], [, other]) => place(one) - place(other))),
  };
};

const scriptPath = (version: string) => `/docs/${version}/page.js`;

/** `/openapi.json` from the routes' own schemas, and `/docs`, which reads it and needs no network. */
export const addDocumentation = async (
  http: HttpServer,
  { name, summary }: ServiceManifest,
  { title = `CloudMart ${name}`, introduction = summary, groups = [] }: DocumentationOptions = {},
): Promise<void> => {
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, description: introduction, version: '1' },
      servers: [{ url: '/' }],
      components: {
        schemas: { Problem: problemSchema as object },
        securitySchemes: {
          accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          guestSession: { type: 'apiKey', in: 'cookie', name: sessionCookie },
        },
      },
    },
    transform: (input) => {
      const { schema, url } = jsonSchemaTransform(input as Parameters<typeof jsonSchemaTransform>[0]);
      return { url, schema: describeOperation(schema ?? {}, input.route.config) };
    },
    transformObject: (input) => ('openapiObject' in input ? inOrder(input.openapiObject, groups) : input.swaggerObject),
  });

  const hidden = { config: { access: 'public' as const }, schema: { hide: true } };
  let description: FixedAnswer | undefined;
  http.get('/openapi.json', hidden, (request, reply) => {
    description ??= createFixedAnswer(Buffer.from(JSON.stringify(http.swagger())), {
      contentType: 'application/json; charset=utf-8',
    });
    return description.send(request, reply, 'no-cache');
  });

  let page: Promise<DocumentationPage> | undefined;
  const openPage = () => {
    page ??= createDocumentationPage(title, scriptPath);
    return page;
  };
  for (const path of ['/docs', '/docs/'])
    http.get(path, hidden, async (request, reply) => {
      reply.header('content-security-policy', pagePolicy);
      return (await openPage()).html.send(request, reply, 'no-cache');
    });
  http.get(scriptPath(':version'), hidden, async (request, reply) => {
    const { script } = await openPage();
    // While releases change, the page of one replica asks another for its script: that one's own is as good, but not for long.
    const isAsked = (request.params as { version: string }).version === script.version;
    return script.send(request, reply, isAsked ? 'public, max-age=31536000, immutable' : 'no-store');
  });
};

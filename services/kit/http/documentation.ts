import swagger from '@fastify/swagger';
import { type FastifyInstance, type FastifySchema, fastify } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { Access } from '../auth/caller.ts';
import type { ServiceManifest } from '../manifest.ts';
import { sessionCookie } from './access-control.ts';
import type { HttpServer } from './fastify-zod.ts';
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
    traceId: { type: 'string' },
  },
};

const securityOf: Readonly<Record<Access, readonly Record<string, readonly string[]>[]>> = {
  public: [],
  customer: [{ accessToken: [] }],
  'customer-or-guest': [{ accessToken: [] }, { guestSession: [] }],
  staff: [{ accessToken: [] }],
};

/** Adds what every route has and no route repeats: who may call it, and how it says no. */
const describeOperation = (schema: FastifySchema & { hide?: boolean }, access: Access): FastifySchema =>
  schema.hide
    ? schema
    : ({
        ...schema,
        security: securityOf[access],
        response: {
          ...((schema.response as object | undefined) ?? { 200: { description: 'Done.' } }),
          default: {
            description: 'A problem; its code is stable.',
            content: { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        },
      } as FastifySchema);

/** The page itself is made by Scalar in an instance of its own, at the first visit: its script alone is 4 MB of memory. */
const createPage = async (title: string): Promise<FastifyInstance> => {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const page = fastify({ logger: false });
  await page.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: title,
      withDefaultFonts: false,
      hideClientButton: true,
      telemetry: false,
    },
  });
  return page;
};

/** `/openapi.json` from the routes' own schemas, and `/docs`, which reads it and needs no network. */
export const addDocumentation = async (http: HttpServer, { name, summary }: ServiceManifest): Promise<void> => {
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: `CloudMart ${name}`, description: summary, version: '1' },
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
      return { url, schema: describeOperation(schema ?? {}, input.route.config?.access ?? 'public') };
    },
  });

  const hidden = { config: { access: 'public' as const }, schema: { hide: true } };
  http.get('/openapi.json', hidden, () => http.swagger());

  let page: Promise<FastifyInstance> | undefined;
  const showPage = async (path: string) => {
    page ??= createPage(`CloudMart ${name}`);
    return (await page).inject({ method: 'GET', url: path });
  };
  for (const path of ['/docs', '/docs/*'])
    http.get(path, hidden, async (request, reply) => {
      const answer = await showPage(request.url === '/docs' ? '/docs/' : request.url);
      reply.code(answer.statusCode).type(String(answer.headers['content-type'] ?? 'text/html'));
      // Scalar's page starts itself with an inline script and styles; it loads nothing from elsewhere.
      reply.header(
        'content-security-policy',
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
      );
      return reply.send(answer.rawPayload);
    });
};

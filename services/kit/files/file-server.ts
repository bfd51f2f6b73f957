/** The files of a static service, served to browsers of this machine as CloudFront serves them on AWS. */
import path from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import proxy from '@fastify/http-proxy';
import files from '@fastify/static';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from '../telemetry/logger.ts';

export type FileServerOptions = {
  /** Folder of the web build, with `index.html`. */
  readonly folder: string;
  /** What `/config.json` says; a file of that name in the folder is never served. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Added to every answer that is not the API's. */
  readonly headers: Readonly<Record<string, string>>;
  /** Base URL of what answers `/api/*`, so that pages see one origin; absent: nothing does. */
  readonly apiUrl?: string | undefined;
  readonly logger: Logger;
};

const PAGE = 'index.html';
const API = '/api';
/** Folder of files that are named by their content; CloudFront says the same of them (lib/constructs/edge/static-site.ts). */
const NAMED = '/assets';
const FOR_GOOD = 'public, max-age=31536000, immutable';
/** Milliseconds until an answer of the API has begun; a stream of events may then stay silent for as long as it likes. */
const API_WITHIN_MS = 60_000;

const isText = (type: unknown) => /javascript|json|svg|^text\//.test(String(type));
const takesGzip = ({ method, headers }: FastifyRequest) =>
  method === 'GET' && /\bgzip\b/.test(String(headers['accept-encoding']));

/** Compresses files of text, as CloudFront does: a page that came whole would seem three times as slow here as it is there. */
const compressed = (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
  if (!isText(reply.getHeader('content-type'))) return payload;
  reply.header('vary', 'accept-encoding');
  if (reply.statusCode !== 200 || !(payload instanceof Readable) || !takesGzip(request)) return payload;
  reply.header('content-encoding', 'gzip').removeHeader('content-length').removeHeader('accept-ranges');
  // Whoever leaves before the end ends the file, too; nobody is there to be told.
  return pipeline(payload, createGzip(), () => undefined);
};

/** A path without a file is the page, which knows the paths of its own; so it is there too for who opens such an address. */
export const createFileServer = async (options: FileServerOptions): Promise<FastifyInstance> => {
  const { folder, config, headers, apiUrl, logger } = options;
  const app = fastify({ forceCloseConnections: true });
  app.get('/health/ready', async () => ({ status: 'ready' }));
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.url.startsWith(`${API}/`)) return payload;
    reply.headers(headers);
    return compressed(request, reply, payload);
  });
  app.get('/config.json', async (_, reply) => reply.header('cache-control', 'no-cache').send(config));
  await app.register(files, {
    root: path.resolve(folder),
    cacheControl: false,
    setHeaders: (reply, file) => {
      const isNamed = path.dirname(file) === path.join(path.resolve(folder), NAMED);
      reply.header('cache-control', isNamed ? FOR_GOOD : 'no-cache');
    },
  });
  app.setNotFoundHandler(async (request, reply) => {
    // A page in place of a script of an earlier version would be a riddle.
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && request.url.startsWith(`${NAMED}/`)) return reply.code(404).send();
    if (isRead) return reply.code(200).sendFile(PAGE);
    return reply.code(405).header('allow', 'GET, HEAD').send();
  });
  if (apiUrl !== undefined)
    await app.register(proxy, {
      upstream: apiUrl,
      prefix: API,
      rewritePrefix: API,
      undici: { headersTimeout: API_WITHIN_MS, bodyTimeout: 0 },
      replyOptions: {
        onError: (reply, { error }) => {
          logger.warn({ error }, 'the API does not answer');
          reply.code(502).header('content-type', 'application/problem+json').send({
            status: 502,
            code: 'api.unreachable',
            title: 'Bad gateway',
            detail: 'The API does not answer; try again.',
          });
        },
      },
    });
  return app;
};

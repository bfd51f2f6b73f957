import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HttpServer } from '../http/http-server.ts';
import { Refusal } from '../values/refusal.ts';
import { type FolderStore, uploadsPath } from './folder-store.ts';

/** Largest upload that a folder takes, whatever was signed; S3 itself would take 5 GB. */
const mostBytes = 16 * 1024 * 1024;

const signed = z.strictObject({
  type: z.string().max(100),
  bytes: z.coerce.number().int().min(0).max(mostBytes),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  expires: z.coerce.number().int(),
  signature: z.string().max(100),
});

const refused = (fact: string) =>
  new Refusal('forbidden', 'upload.refused', `The upload is not the one that its address was signed for: ${fact}.`);

/** Browsers of other origins may send what an address was signed for: the address is all that they need, and carries no cookie. */
const allowPages = (reply: FastifyReply) =>
  reply.headers({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'content-type',
    'access-control-max-age': '600',
  });

type UploadRequest = FastifyRequest<{ Params: { '*': string } }>;

/** Takes uploads to a folder at the addresses that its store signed, as S3 does for its own: what differs is refused, and not stored. */
export const serveUploads = (http: HttpServer, store: FolderStore): void => {
  http.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, content, end) => end(null, content));
    const route = { url: `${uploadsPath}*`, config: { access: 'public' as const }, schema: { hide: true } };
    scope.route({
      ...route,
      method: 'OPTIONS',
      handler: async (_request, reply) => allowPages(reply).code(204).send(),
    });
    scope.route({
      ...route,
      method: 'PUT',
      bodyLimit: mostBytes,
      onRequest: async (_request, reply) => {
        allowPages(reply);
      },
      // Before the body is read: nobody sends 16 MB to an address that is not good.
      preParsing: async (request, _reply, payload) => {
        const { success, data } = signed.safeParse(request.query);
        if (!success) throw refused('its address has other parts');
        const { signature, ...promise } = data;
        const key = (request as UploadRequest).params['*'];
        if (!(await store.admits({ ...promise, key }, signature))) throw refused('it was changed, or has expired');
        if (Number(request.headers['content-length']) !== promise.bytes) throw refused('its length differs');
        if (request.headers['content-type'] !== promise.type) throw refused('its type differs');
        return payload;
      },
      handler: async (request, reply) => {
        const content = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
        const { sha256, type } = signed.parse(request.query);
        if (createHash('sha256').update(content).digest('hex') !== sha256) throw refused('its checksum differs');
        await store.write((request as UploadRequest).params['*'], content, type);
        return reply.code(200).send();
      },
    });
    done();
  });
};

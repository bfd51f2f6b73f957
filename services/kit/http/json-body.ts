import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { HttpServer } from './fastify-zod.ts';

// Fastify hands null to the schema of a body that is not there.
const needsBody = ({ routeOptions }: FastifyRequest): boolean => {
  const body = routeOptions.schema?.body;
  return body instanceof z.ZodType && !body.safeParse(null).success;
};

/** Reads JSON. An empty body is none where the route needs none: many clients name the media type in every request. */
export const addJsonBody = (http: HttpServer): void => {
  const parseJson = http.getDefaultJsonParser('error', 'error');
  http.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '' && !needsBody(request)) done(null, undefined);
    else void parseJson(request, text, done);
  });
};

import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { Refusal } from '../values/refusal.ts';
import type { HttpServer } from './fastify-zod.ts';

// Fastify hands null to the schema of a body that is not there.
const needsBody = ({ routeOptions }: FastifyRequest): boolean => {
  const body = routeOptions.schema?.body;
  return body instanceof z.ZodType && !body.safeParse(null).success;
};

/** Lists and objects inside one another; contracts need six. */
const deepest = 32;
/** Lists, objects and their members: a bulk load of 500 products, each with all it may have, is 25,000. An empty object of 3 bytes takes 60 in memory. */
const mostValues = 50_000;

const [quote, backslash, comma] = ['"', '\\', ','].map((character) => character.charCodeAt(0));
const opening = new Set(['[', '{'].map((character) => character.charCodeAt(0)));
const closing = new Set([']', '}'].map((character) => character.charCodeAt(0)));

/** Where the string that begins at a quote ends. */
const endOfString = (text: string, start: number): number => {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at;
};

/** Refuses JSON that would take much more memory than its text, before any of it is made. */
export const requireModestJson = (text: string): void => {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === quote) at = endOfString(text, at);
    else if (character === comma) values += 1;
    else if (opening.has(character)) {
      depth += 1;
      values += 1;
    } else if (closing.has(character)) depth -= 1;
    if (depth > deepest || values > mostValues)
      throw new Refusal(
        'invalid',
        'request.too-complex',
        `The body has more than ${mostValues} values, or more than ${deepest} lists and objects inside one another.`,
      );
  }
};

/** Reads JSON. An empty body is none where the route needs none: many clients name the media type in every request. */
export const addJsonBody = (http: HttpServer): void => {
  const parseJson = http.getDefaultJsonParser('error', 'error');
  http.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '' && !needsBody(request)) {
      done(null, undefined);
      return;
    }
    try {
      requireModestJson(text);
    } catch (problem) {
      done(problem as Error);
      return;
    }
    void parseJson(request, text, done);
  });
};

import type { HttpServer } from './fastify-zod.ts';

/**
 * Adds routes whose JSON bodies stay the text that was sent, where a signature covers its exact bytes. Between services such a text
 * travels as a JSON string, so that only the first door needs this.
 */
export const withTextBodies = (http: HttpServer, addRoutes: (scope: HttpServer) => void): void => {
  http.register((scope, _options, done) => {
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, end) => end(null, text));
    addRoutes(scope as unknown as HttpServer);
    done();
  });
};

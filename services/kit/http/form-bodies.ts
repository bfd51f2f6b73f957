import type { HttpServer } from './fastify-zod.ts';

/** Bytes of a form that is not read: one field. */
const bodyLimit = 1_024;

/** Adds routes that take the body of a form and leave it unread, because everything stands in the address. */
export const withUnreadForms = (http: HttpServer, addRoutes: (scope: HttpServer) => void): void => {
  http.register((scope, _options, done) => {
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data'])
      scope.addContentTypeParser(type, { parseAs: 'string', bodyLimit }, (_request, _text, end) =>
        end(null, undefined),
      );
    addRoutes(scope as unknown as HttpServer);
    done();
  });
};

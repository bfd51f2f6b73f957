import type { HttpServer } from '../../kit/http/http-server.ts';

/** Leads people who open the address of the API to the page about it. */
export const addStartPage = (http: HttpServer): void => {
  http.get('/', { config: { access: 'public' }, schema: { hide: true } }, async (_request, reply) =>
    reply
      .code(302)
      .header('location', '/docs')
      .type('text/plain; charset=utf-8')
      .send('The API of this shop is described at /docs.\n'),
  );
};

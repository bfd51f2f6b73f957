import type { HttpClient } from '../../kit/http/http-client.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import { type ForwardedDoor, forwardedDoors } from './forwarded-doors.ts';
import { forwardingOf } from './forwarding.ts';

/** HTTP doors of the services behind. */
export type Upstreams = Readonly<Record<ForwardedDoor['service'], HttpClient>>;

/** The called path is made from the door's own template and checked values, never from the path that came in. */
const pathOf = (template: string, params: Readonly<Record<string, string>>) =>
  template.replaceAll(/:(\w+)/g, (_match, name: string) => encodeURIComponent(params[name] ?? ''));

const queryOf = (query: unknown) => {
  const pairs = Object.entries((query ?? {}) as Record<string, string | number>).map(
    ([name, value]) => [name, String(value)] as [string, string],
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
};

const addForwardedRoute = (http: HttpServer, door: ForwardedDoor, upstream: HttpClient): void => {
  http.route({
    method: door.method,
    url: door.path,
    config: { access: door.access },
    ...(door.bodyLimit !== undefined && { bodyLimit: door.bodyLimit }),
    ...(door.deadlineMs !== undefined && { handlerTimeout: door.deadlineMs }),
    schema: {
      tags: [door.service],
      summary: door.summary,
      ...(door.params && { params: door.params }),
      ...(door.query && { querystring: door.query }),
      ...(door.body && { body: door.body }),
      response: { [door.status]: door.answer },
    },
    handler: async (request, reply) => {
      const { authorization, sessionId } = forwardingOf(request);
      const answer = await upstream.request({
        method: door.method,
        path: pathOf(door.path, (request.params ?? {}) as Record<string, string>) + queryOf(request.query),
        ...(door.body && { body: request.body }),
        ...(door.deadlineMs !== undefined && { deadlineMs: door.deadlineMs }),
        headers: {
          'x-request-id': request.id,
          ...(authorization !== undefined && { authorization }),
          ...(sessionId !== undefined && { 'x-session-id': sessionId }),
        },
      });
      const { location } = answer.headers;
      if (typeof location === 'string' && location.startsWith('/')) reply.header('location', `/api/v1${location}`);
      return reply.code(door.status).send(door.status === 204 ? null : answer.body);
    },
  });
};

/** Adds every forwarded door. */
export const addForwardedRoutes = (http: HttpServer, upstreams: Upstreams): void => {
  for (const door of forwardedDoors) addForwardedRoute(http, door, upstreams[door.service]);
};

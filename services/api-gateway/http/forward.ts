import { addressOf } from '../../contracts/http/address-of.ts';
import type { Door, Doors } from '../../contracts/http/door.ts';
import { NotModified } from '../../kit/http/conditional-answers.ts';
import type { DoorHandlers, DoorRequest } from '../../kit/http/doors.ts';
import type { HttpClient } from '../../kit/http/http-client.ts';
import { forwardingOf } from './forwarding.ts';

const headersOf = (door: Door, request: DoorRequest<Door>): Record<string, string> => {
  const { authorization, sessionId } = forwardingOf(request);
  const { 'if-none-match': known } = request.headers as { readonly 'if-none-match'?: string };
  const named = Object.keys(door.headers?.shape ?? {}).flatMap((name) => {
    const value = (request.headers as Readonly<Record<string, unknown>>)[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return {
    ...Object.fromEntries(named),
    ...(door.cacheControl !== undefined && known !== undefined && { 'if-none-match': known }),
    'x-request-id': request.id,
    ...(authorization !== undefined && { authorization }),
    ...(sessionId !== undefined && { 'x-session-id': sessionId }),
  };
};

const forward = (upstream: HttpClient, door: Door) => async (request: DoorRequest<Door>) => {
  const { status, headers, body } = await upstream.request({
    method: door.method,
    path: addressOf(door, request as { readonly params?: object; readonly query?: object }),
    body: door.body && request.body,
    deadlineMs: door.deadlineMs,
    headers: headersOf(door, request),
    answer: door.media ? 'bytes' : 'json',
  });
  if (status === 304) return new NotModified(headers);
  return door.answerHeaders ? { headers: door.answerHeaders.parse(headers), body } : body;
};

/** Handlers that ask the service behind for the same door; what it answers is checked like an answer of our own. */
export const forwardTo = <const Table extends Doors>(upstream: HttpClient, doors: Table): DoorHandlers<Table> =>
  Object.fromEntries(
    Object.entries(doors).map(([name, door]) => [name, forward(upstream, door)]),
  ) as unknown as DoorHandlers<Table>;

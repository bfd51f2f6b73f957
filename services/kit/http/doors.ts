/** Serves a table of doors: what a door is stands in the table, what it does in its handler. */
import type { FastifyRequest, HTTPMethods, onRequestAsyncHookHandler } from 'fastify';
import type * as z from 'zod';
import type { Access, Caller } from '../auth/caller.ts';
import { answerConditionally, NotModified } from './conditional-answers.ts';
import { createEventStreams, eventStreamSchema, eventStreamTimeoutMs } from './event-streams.ts';
import type { HttpServer } from './fastify-zod.ts';

/** Server-sent events of a door. */
type DoorEvents = {
  /** Name of each event. */
  readonly name: string;
  readonly data: z.ZodType;
  /** Whether nothing can follow. */
  isLast(data: never): boolean;
};

/** What of a door can be served; the tables are contracts and say more. */
export type ServedDoor = {
  readonly method: HTTPMethods;
  readonly path: string;
  readonly access: Access;
  readonly newGuest?: 'goes-on' | 'asks-again';
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly headers?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answers: Readonly<Partial<Record<number, z.ZodType>>>;
  readonly answerHeaders?: z.ZodObject;
  readonly cacheControl?: string;
  readonly media?: readonly string[];
  readonly events?: DoorEvents;
  readonly errors?: readonly string[];
  readonly bodyLimit?: number;
  readonly deadlineMs?: number;
};
declare module 'fastify' {
  interface FastifyContextConfig {
    /** The entry of the table that the route was made from. */
    door?: ServedDoor;
  }
}

export type ServedDoors = Readonly<Record<string, ServedDoor>>;

type Part<Door, Name extends string> = Door extends { readonly [K in Name]: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : unknown;

type RequestOf<Params, Query, Headers, Body> = {
  readonly caller: Caller;
  /** Whom limits count: see client-network.ts. Over gRPC undefined where the calling service names nobody. */
  readonly network?: string | undefined;
  /** Names the request in logs and answers. */
  readonly id: string;
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers & { readonly authorization?: string | undefined };
  readonly body: Body;
};

/** A request that passed the checks of its door. A conditional type, so that two requests are compared by their parts and not by their doors. */
export type DoorRequest<Door> = Door extends unknown
  ? RequestOf<Part<Door, 'params'>, Part<Door, 'query'>, Part<Door, 'headers'>, Part<Door, 'body'>>
  : never;

type AnswerBody<Door extends ServedDoor> = Door['answers'] extends { readonly 204: unknown }
  ? undefined
  : z.output<NonNullable<Door['answers'][keyof Door['answers']]>>;

/** The body, with its headers where the door promises any. */
export type DoorAnswer<Door extends ServedDoor> = Door extends {
  readonly answerHeaders: infer Headers extends z.ZodType;
}
  ? { readonly headers: z.output<Headers>; readonly body: AnswerBody<Door> }
  : AnswerBody<Door>;

/** One of the events of a door; ids rise from event to event. */
export type DoorEvent<Data> = { readonly id: number; readonly data: Data };

type NotModifiedOf<Door> = Door extends { readonly cacheControl: string } ? NotModified : never;

/** What a door does: it answers, or tells events until the signal aborts. */
export type DoorHandler<Door extends ServedDoor> = Door extends {
  readonly events: { readonly data: infer Data extends z.ZodType };
}
  ? (request: DoorRequest<Door>, signal: AbortSignal) => AsyncIterable<DoorEvent<z.output<Data>>>
  : (request: DoorRequest<Door>) => Promise<DoorAnswer<Door> | NotModifiedOf<Door>>;

/** What each door of a table does. */
export type DoorHandlers<Doors extends ServedDoors> = { readonly [Name in keyof Doors]: DoorHandler<Doors[Name]> };

export type AddDoorsOptions = {
  /** Start of every path, such as `/api/v1`; default none. */
  readonly prefix?: string;
  /** Aborted when the process begins to shut down; a table with events needs it. */
  readonly stopping?: AbortSignal;
  /** Event streams of one network at a time; default no limit. */
  readonly mostStreamsOfNetwork?: number;
  /** Hooks that count the requests of doors with a `limit`, by its name, before their bodies are read; a door whose limit is not here has that of all doors. */
  readonly limits?: Readonly<Record<string, onRequestAsyncHookHandler | onRequestAsyncHookHandler[]>>;
};

/** A request and the handlers of any door, for what treats all doors alike. */
export type AnyRequest = DoorRequest<ServedDoor>;
export type Answers = (request: AnyRequest) => Promise<unknown>;
export type Tells = (request: AnyRequest, signal: AbortSignal) => AsyncIterable<DoorEvent<unknown>>;

/** What every route has in common with its door. */
const routeOf = (door: ServedDoor, { prefix = '', limits = {} }: AddDoorsOptions) => {
  const { method, path, access, tags, summary, description, params, query, headers, body } = door;
  const answers = door.media ? undefined : door.answers;
  const limit = door.limit === undefined ? undefined : limits[door.limit];
  const schema = { tags, summary, description, params, querystring: query, headers, body, response: answers };
  return {
    method,
    url: `${prefix}${path}`,
    config: { access, door, ...(limit && { rateLimit: false as const }) },
    ...(limit && { onRequest: limit }),
    bodyLimit: door.bodyLimit,
    handlerTimeout: door.deadlineMs,
    // What the door does not have is left out: Fastify takes a schema that is undefined for a mistake, and says so at each start.
    schema: Object.fromEntries(Object.entries(schema).filter(([, part]) => part !== undefined)),
  };
};

const addDoor = (http: HttpServer, door: ServedDoor, handle: Answers, options: AddDoorsOptions): void => {
  const { prefix = '' } = options;
  const status = Number(Object.keys(door.answers)[0]);
  http.route({
    ...routeOf(door, options),
    ...(door.cacheControl !== undefined && { onSend: answerConditionally }),
    handler: async (request: FastifyRequest, reply) => {
      const answer = await handle(request as AnyRequest);
      if (answer instanceof NotModified) return reply.code(304).headers(answer.headers).send();
      if (door.cacheControl !== undefined) reply.header('cache-control', door.cacheControl);
      // Pictures may stand on pages and in mails of anybody.
      if (door.media) reply.header('cross-origin-resource-policy', 'cross-origin');
      const { headers, body } = door.answerHeaders
        ? (answer as { headers: Readonly<Record<string, string | undefined>>; body: unknown })
        : { headers: {}, body: answer };
      for (const [name, value] of Object.entries(headers))
        if (value !== undefined) reply.header(name, name === 'location' ? `${prefix}${value}` : value);
      return reply.code(status).send(status === 204 ? null : body);
    },
  });
};

const toStream = async function* ({ name, isLast }: DoorEvents, events: AsyncIterable<DoorEvent<unknown>>) {
  for await (const { id, data } of events) yield { id, event: name, data, isLast: isLast(data as never) };
};

const addEvents = (
  http: HttpServer,
  door: ServedDoor & { readonly events: DoorEvents },
  handle: Tells,
  options: AddDoorsOptions,
): void => {
  if (!options.stopping) throw new Error(`${door.path} tells events; give addDoors { stopping }`);
  const { stopping, mostStreamsOfNetwork } = options;
  const stream = createEventStreams({
    stopping,
    ...(mostStreamsOfNetwork !== undefined && { mostPerNetwork: mostStreamsOfNetwork }),
  });
  const route = routeOf(door, options);
  http.route({
    ...route,
    // A HEAD would open a stream that nobody can see.
    exposeHeadRoute: false,
    handlerTimeout: eventStreamTimeoutMs,
    schema: { ...route.schema, ...eventStreamSchema },
    handler: (request: FastifyRequest, reply) =>
      stream(request, reply, (signal) => toStream(door.events, handle(request as AnyRequest, signal))),
  });
};

const tellsEvents = (door: ServedDoor): door is ServedDoor & { readonly events: DoorEvents } =>
  door.events !== undefined;

/** Adds every door of the table; one without its handler does not compile. */
export const addDoors = <const Doors extends ServedDoors>(
  http: HttpServer,
  doors: Doors,
  handlers: DoorHandlers<NoInfer<Doors>>,
  options: AddDoorsOptions = {},
): void => {
  for (const [name, door] of Object.entries(doors)) {
    const handle = handlers[name as keyof Doors] as unknown;
    if (tellsEvents(door)) addEvents(http, door, handle as Tells, options);
    else addDoor(http, door, handle as Answers, options);
  }
};

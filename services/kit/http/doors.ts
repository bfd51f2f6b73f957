/** Serves a table of doors: what a door is stands in the table, what it does in its handler. */
import type { FastifyRequest, HTTPMethods } from 'fastify';
import type * as z from 'zod';
import type { Access, Caller } from '../auth/caller.ts';
import type { HttpServer } from './fastify-zod.ts';

/** What of a door can be served; the tables are contracts and say more. */
export type ServedDoor = {
  readonly method: HTTPMethods;
  readonly path: string;
  readonly access: Access;
  readonly beginsGuestSession?: boolean;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly headers?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answers: Readonly<Partial<Record<number, z.ZodType>>>;
  readonly answerHeaders?: z.ZodObject;
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

/** What each door of a table does. */
export type DoorHandlers<Doors extends ServedDoors> = {
  readonly [Name in keyof Doors]: (request: DoorRequest<Doors[Name]>) => Promise<DoorAnswer<Doors[Name]>>;
};

export type AddDoorsOptions = {
  /** Start of every path, such as `/api/v1`; default none. */
  readonly prefix?: string;
};

const addDoor = (
  http: HttpServer,
  door: ServedDoor,
  handle: (request: DoorRequest<ServedDoor>) => Promise<unknown>,
  { prefix = '' }: AddDoorsOptions,
): void => {
  const { method, path, access, tags, summary, description, params, query, headers, body, answers } = door;
  const schema = { tags, summary, description, params, querystring: query, headers, body, response: answers };
  const status = Number(Object.keys(answers)[0]);
  http.route({
    method,
    url: `${prefix}${path}`,
    config: { access, door },
    bodyLimit: door.bodyLimit,
    handlerTimeout: door.deadlineMs,
    // What the door does not have is left out: Fastify takes a schema that is undefined for a mistake, and says so at each start.
    schema: Object.fromEntries(Object.entries(schema).filter(([, part]) => part !== undefined)),
    handler: async (request: FastifyRequest, reply) => {
      const answer = await handle(request as DoorRequest<ServedDoor>);
      reply.code(status);
      if (!door.answerHeaders) return reply.send(answer ?? null);
      const whole = answer as { headers: Record<string, string | undefined>; body: unknown };
      for (const [name, value] of Object.entries(whole.headers))
        if (value !== undefined) reply.header(name, name === 'location' ? `${prefix}${value}` : value);
      return reply.send(whole.body ?? null);
    },
  });
};

/** Adds every door of the table; one without its handler does not compile. */
export const addDoors = <const Doors extends ServedDoors>(
  http: HttpServer,
  doors: Doors,
  handlers: DoorHandlers<NoInfer<Doors>>,
  options: AddDoorsOptions = {},
): void => {
  for (const [name, door] of Object.entries(doors))
    addDoor(http, door, (request) => handlers[name as keyof Doors]?.(request as never) as Promise<unknown>, options);
};

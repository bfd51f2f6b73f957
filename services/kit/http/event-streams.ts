import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { Refusal } from '../values/refusal.ts';

export type StreamEvent = {
  /** Rises from event to event; a client that comes again names the last one it saw. */
  readonly id: number;
  readonly event: string;
  /** Becomes JSON. */
  readonly data: unknown;
  /** Whether nothing can follow. */
  readonly isLast: boolean;
};

export type EventStreamsOptions = {
  /** Aborted when the process begins to shut down; all streams end then. */
  readonly stopping: AbortSignal;
  /** Streams of this process at a time; default 1,000. One more is refused with 503 `stream.too-many`. */
  readonly mostStreams?: number;
  /** Streams of one user, guest session or else network at a time; default 20. One more is refused with 429 `stream.too-many`. */
  readonly mostPerCaller?: number;
  /** Streams of one network at a time, whoever they belong to; default no limit. One more is refused with 429 `stream.too-many`. */
  readonly mostPerNetwork?: number;
};

const callerOf = ({ caller, network }: FastifyRequest): string => {
  if (caller.kind === 'customer') return caller.userId;
  return caller.kind === 'guest' ? caller.sessionId : network;
};

/** Milliseconds between two comments on a silent stream; an AWS load balancer closes one after 60 s of silence. */
const heartbeatMs = 15_000;
/** Longest life of one stream; the client comes again with Last-Event-ID. */
export const longestStreamMs = 900_000;

const silence = ': still watching\n\n';

/** What the description of a route with a stream has in common with every other one. */
export const eventStreamSchema = {
  produces: ['text/event-stream'],
  headers: z.looseObject({
    'last-event-id': z
      .string()
      .regex(/^\d{1,9}$/, 'must be the id of an event')
      .optional(),
  }),
  response: { 200: z.any(), 204: z.null() },
};

/** Later than a stream ends by itself, so that it is never cut off, and so long that it does not count as in flight. */
export const eventStreamTimeoutMs = longestStreamMs + 60_000;

/** What the client has seen already becomes a comment. */
const textOf = ({ id, event, data }: StreamEvent, after: number) =>
  id > after ? `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n` : silence;

/** The events as text, with a comment whenever nothing was said for a while. */
const toText = async function* (
  first: StreamEvent,
  rest: AsyncGenerator<StreamEvent>,
  { after, end }: { readonly after: number; readonly end: () => void },
): AsyncGenerator<string> {
  let next = rest.next();
  try {
    yield textOf(first, after);
    for (;;) {
      const heard = new AbortController();
      const pause = wait(heartbeatMs, undefined, { signal: heard.signal }).catch(() => undefined);
      const answer = await Promise.race([next, pause]);
      heard.abort();
      if (!answer) yield silence;
      else if (answer.done) return;
      else {
        yield textOf(answer.value, after);
        next = rest.next();
      }
    }
  } finally {
    end();
    next.catch(() => undefined);
    // A generator that is left at a yield would keep its call's timer.
    await rest.return(undefined).catch(() => undefined);
  }
};

/**
 * Answers with server-sent events, a bounded number of streams at a time. `open` gets a signal that aborts when the client
 * leaves, the process stops or the stream is 15 minutes old; what it throws before its first event is the answer.
 * 204, which tells EventSource not to come again (html.spec.whatwg.org, server-sent events, 9.2.3), when there is no event
 * or the last one was seen already.
 */
export const createEventStreams = ({
  stopping,
  mostStreams = 1_000,
  mostPerCaller = 20,
  mostPerNetwork = Number.POSITIVE_INFINITY,
}: EventStreamsOptions) => {
  let streams = 0;
  const openOf = new Map<string, number>();
  const count = (owners: readonly string[], change: 1 | -1) => {
    streams += change;
    for (const owner of owners) {
      const own = (openOf.get(owner) ?? 0) + change;
      if (own === 0) openOf.delete(owner);
      else openOf.set(owner, own);
    }
  };
  const requirePlace = (owner: string, most: number) => {
    if ((openOf.get(owner) ?? 0) >= most)
      throw new Refusal('too-many', 'stream.too-many', `You have ${most} streams open; close one first.`, {
        retryAfterSeconds: 5,
      });
  };
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
    open: (signal: AbortSignal) => AsyncGenerator<StreamEvent>,
  ): Promise<FastifyReply> => {
    if (streams >= mostStreams)
      throw new Refusal(
        'unavailable',
        'stream.too-many',
        'Too many streams are open; read the resource itself instead.',
        {
          retryAfterSeconds: 5,
        },
      );
    // A network has as many sessions as it asks for.
    const owners = [`caller ${callerOf(request)}`, `network ${request.network}`] as const;
    requirePlace(owners[0], mostPerCaller);
    requirePlace(owners[1], mostPerNetwork);
    count(owners, 1);
    const leaving = new AbortController();
    const signal = AbortSignal.any([stopping, leaving.signal, AbortSignal.timeout(longestStreamMs)]);
    const end = () => {
      if (leaving.signal.aborted) return;
      count(owners, -1);
      leaving.abort();
    };
    // Also ends a stream that nobody has begun to read. Not by the request's signal: that aborts once a body has been read.
    reply.raw.once('close', end);
    try {
      const after = Number(request.headers['last-event-id'] ?? 0);
      const events = open(signal);
      // The first one decides between a stream and an error answer.
      const first = await events.next();
      if (first.done || (first.value.isLast && first.value.id <= after)) {
        end();
        await events.return(undefined);
        return reply.code(204).send(null);
      }
      return (
        reply
          .type('text/event-stream')
          .header('x-accel-buffering', 'no')
          // Its headers are gone long before a shut-down could ask for that.
          .header('connection', 'close')
          .send(Readable.from(toText(first.value, events, { after, end })))
      );
    } catch (problem) {
      end();
      throw problem;
    }
  };
};

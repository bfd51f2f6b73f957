import { Refusal } from '../values/refusal.ts';
import type { HttpServer } from './fastify-zod.ts';

/** Bytes of a body beyond which few are read at a time: as text, bytes and objects one takes up to five times its size. */
const largeBody = 1024 * 1024;
const mostLargeBodies = 2;

/** Milliseconds that a client may take to read an answer, after the deadline by which it is there. */
const readingMs = 30_000;

export type InFlightLimit = {
  readonly mostInFlight: number;
  /** Of one network at a time; undefined where callers are services, which share few addresses. */
  readonly mostOfNetwork?: number | undefined;
  readonly deadlineMs: number;
  /** Milliseconds for reading an answer; default 30,000. */
  readonly sendingMs?: number | undefined;
};

const tooMany = (mostOfNetwork: number) =>
  new Refusal(
    'too-many',
    'request.too-many-at-once',
    `More than ${mostOfNetwork} requests of this address are unanswered; wait for one of them.`,
    { retryAfterSeconds: 1 },
  );

const overloaded = () =>
  new Refusal('unavailable', 'service.overloaded', 'Too many requests at a time; try again in a moment.', {
    retryAfterSeconds: 1,
  });

/**
 * Refuses what would be one request too many at a time, before its body is read: 429 `request.too-many-at-once` of one
 * network, so that nobody takes the places of others, and 503 `service.overloaded` of all, because a queue that grows makes all of
 * its requests late instead of some of them refused. A request has its place until its answer is read or its time for
 * that is over. Probes do not count, nor routes whose `handlerTimeout` is longer than the door's deadline
 * (server-sent events, which are counted by themselves).
 */
export const addInFlightLimit = (
  http: HttpServer,
  { mostInFlight, mostOfNetwork, deadlineMs, sendingMs = readingMs }: InFlightLimit,
): void => {
  let inFlight = 0;
  let largeInFlight = 0;
  const ofNetworks = new Map<string, number>();
  const count = (network: string, change: 1 | -1) => {
    inFlight += change;
    const own = (ofNetworks.get(network) ?? 0) + change;
    if (own === 0) ofNetworks.delete(network);
    else ofNetworks.set(network, own);
  };
  http.addHook('onRequest', async (request, reply) => {
    const { config, handlerTimeout, bodyLimit } = request.routeOptions;
    const { raw } = reply;
    const timer = setTimeout(() => raw.socket?.destroy(), (handlerTimeout || deadlineMs) + sendingMs);
    raw.once('close', () => clearTimeout(timer));
    if (config.isProbe || handlerTimeout > deadlineMs) return;
    const { network } = request;
    if (mostOfNetwork !== undefined && (ofNetworks.get(network) ?? 0) >= mostOfNetwork) throw tooMany(mostOfNetwork);
    const isLarge = bodyLimit > largeBody;
    if (inFlight >= mostInFlight || (isLarge && largeInFlight >= mostLargeBodies)) throw overloaded();
    count(network, 1);
    if (isLarge) largeInFlight += 1;
    raw.once('close', () => {
      count(network, -1);
      if (isLarge) largeInFlight -= 1;
    });
  });
};

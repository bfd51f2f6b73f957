import { randomUUID } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { commitSoon } from '../../kit/storage/commit-soon.ts';
import type { Database } from '../../kit/storage/database.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';

/** Channel on which processes tell each other which orders changed: who tells, and the ids, with blanks between them. */
const channel = 'order_changed';
/** Milliseconds after which a watcher looks again even if no change was told, because a lost connection tells nothing. */
const lookAgainAfterMs = 5_000;
/**
 * Milliseconds for which changes are gathered before the other processes are told. A commit that notifies holds a lock of the whole
 * cluster until it is on disk, so that no two of them commit together: not one that a buyer waits for.
 */
const tellAfterMs = 100;
/** Ids of one notification, whose text is at most 8,000 bytes. */
const mostTold = 200;

const tellStatement = `SELECT pg_notify('${channel}', $1) WHERE ${commitSoon}`;

export type OrderChangesParts = { readonly database: Database; readonly logger: Logger };

/**
 * Tells watchers in this process of every committed change: at once of its own, a moment later of those of other processes. What a process
 * did not live to tell is found at the next look.
 */
export const listenForOrderChanges = async ({ database, logger }: OrderChangesParts) => {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  const self = randomUUID();
  const untold = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const stopListening = await database.listen(channel, (payload) => {
    const [teller, ...orderIds] = payload.split(' ');
    if (teller !== self) for (const orderId of orderIds) emitter.emit(orderId);
  });

  const tellOthers = async () => {
    timer = undefined;
    const telling = [...untold];
    untold.clear();
    for (let at = 0; at < telling.length; at += mostTold)
      await database.query(tellStatement, [[self, ...telling.slice(at, at + mostTold)].join(' ')], {
        name: 'tell-order-changes',
      });
  };
  const tellSoon = () => {
    timer ??= setTimeout(() => {
      tellOthers().catch((error: unknown) => logger.debug({ error }, 'watchers elsewhere find the changes themselves'));
    }, tellAfterMs);
  };

  async function* changesOf(orderId: string, signal: AbortSignal): AsyncGenerator<void> {
    const own = new EventEmitter();
    const tell = () => own.emit('look');
    emitter.on(orderId, tell);
    // Each watcher nudges itself alone: N that nudged all would look N * N times.
    const nudge = setInterval(tell, lookAgainAfterMs);
    try {
      for await (const _ of on(own, 'look', { signal })) yield;
    } catch (problem) {
      if (!signal.aborted) throw problem;
    } finally {
      clearInterval(nudge);
      emitter.off(orderId, tell);
    }
  }
  return {
    changesOf,
    /** To be called once a change is committed. */
    changed: (orderId: string): void => {
      emitter.emit(orderId);
      untold.add(orderId);
      tellSoon();
    },
    stop: async (): Promise<void> => {
      clearTimeout(timer);
      await tellOthers().catch(() => undefined);
      await stopListening();
    },
  };
};

import { EventEmitter, on } from 'node:events';
import type { Database } from '../../kit/storage/database.ts';
import { orderChanged } from './order-statements.ts';

/** Milliseconds after which a watcher looks again even if no change was told, because a lost connection tells nothing. */
const lookAgainAfterMs = 5_000;

/** Tells watchers in this process of every committed change, whichever process made it. */
export const listenForOrderChanges = async (database: Database) => {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  const stop = await database.listen(orderChanged, (orderId) => emitter.emit(orderId));

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
  return { changesOf, stop };
};

import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { createBackOff } from '../back-off.ts';
import type { Logger } from '../telemetry/logger.ts';

export type Notified = (payload: string) => void;

export type Listener = {
  /** Also calls `onNotify('')` after each reconnection, because notifications of the gap are lost. */
  listen(channel: string, onNotify: Notified): Promise<() => Promise<void>>;
  close(): Promise<void>;
};

/** A connection that says nothing may be dead; asking costs one round trip. */
const probeEveryMs = 15_000;

/** One connection for all channels of a process, opened with the first of them, reopened for as long as one is left. */
export const createListener = (options: () => pg.ClientConfig, logger: Logger): Listener => {
  const channels = new Map<string, Set<Notified>>();
  let connected: Promise<pg.Client> | undefined;
  let stopped = false;
  let isReconnecting = false;
  let probe: NodeJS.Timeout | undefined;

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(options());
    client.on('notification', ({ channel, payload }) => {
      for (const notify of channels.get(channel) ?? []) notify(payload ?? '');
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      for (const channel of channels.keys()) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    client.once('end', () => {
      connected = undefined;
      if (!stopped && channels.size > 0) void reconnect();
    });
    probe ??= setInterval(() => {
      connected?.then((current) => current.query('SELECT 1').catch(() => current.end())).catch(() => undefined);
    }, probeEveryMs).unref();
    return client;
  };

  const reconnect = async () => {
    if (isReconnecting) return;
    isReconnecting = true;
    try {
      await connectAgain();
    } finally {
      isReconnecting = false;
    }
  };

  const isWanted = () => !stopped && channels.size > 0 && !connected;

  const connectAgain = async () => {
    const backOff = createBackOff();
    while (isWanted()) {
      await wait(backOff.next(), undefined, { ref: false });
      if (!isWanted()) return;
      try {
        connected = connect();
        await connected;
        logger.info('listening for notifications of the database again');
        for (const listeners of channels.values()) for (const notify of listeners) notify('');
      } catch (error) {
        connected = undefined;
        logger.warn({ error }, 'the database cannot be listened to; trying again');
      }
    }
  };

  return {
    listen: async (channel, onNotify) => {
      const listeners = channels.get(channel) ?? new Set();
      const isNew = listeners.size === 0;
      listeners.add(onNotify);
      channels.set(channel, listeners);
      const remove = async () => {
        listeners.delete(onNotify);
        if (listeners.size > 0) return;
        channels.delete(channel);
        if (channels.size === 0) await closeConnection();
        else
          await connected?.then((client) => client.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`)).catch(() => {});
      };
      try {
        if (!connected) connected = connect();
        else if (isNew) await (await connected).query(`LISTEN ${pg.escapeIdentifier(channel)}`);
        await connected;
      } catch (error) {
        connected = undefined;
        logger.warn({ error }, 'the database cannot be listened to; trying again');
        void reconnect();
      }
      return remove;
    },
    close: async () => {
      stopped = true;
      channels.clear();
      await closeConnection();
    },
  };

  async function closeConnection() {
    clearInterval(probe);
    probe = undefined;
    const closing = connected;
    connected = undefined;
    await closing?.then((client) => client.end()).catch(() => undefined);
  }
};

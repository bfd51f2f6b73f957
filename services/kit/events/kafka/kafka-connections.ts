import { type Broker, Connection, type ConnectionOptions } from '@platformatic/kafka';
import { kafkaUnavailable } from './kafka-failure.ts';

/** Connections to the brokers of one cluster, one to each. A broker answers the requests of a connection one after the other. */
export type KafkaConnections = {
  /**
   * Runs one request on the broker's connection. A request that takes longer than its deadline costs the connection,
   * because a late answer could not be told from the next one's.
   */
  use<T>(broker: Broker, deadlineMs: number, request: (connection: Connection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** How to reach and enter the brokers. */
export type KafkaSecurity = Pick<ConnectionOptions, 'tls' | 'sasl'>;

type Held = { readonly connection: Connection; readonly ready: Promise<void>; readonly since: number; inUse: number };

const connectMs = 5_000;
/** Longer than any deadline of a request, which are ours to keep. */
const clientTimeoutMs = 120_000;
/**
 * A token of IAM lives 15 minutes. Renewing it in the middle of a connection would need the connection to be silent
 * meanwhile (KIP-368), so a connection ends before, and the next request opens another.
 */
const longestAgeMs = 600_000;

/** A pool that opens on first use and forgets what broke. */
export const createKafkaConnections = (clientId: string, security: KafkaSecurity): KafkaConnections => {
  const open = new Map<string, Held>();
  let isClosed = false;

  const connect = (name: string, { host, port }: Broker): Held => {
    const connection = new Connection(clientId, {
      ...security,
      connectTimeout: connectMs,
      requestTimeout: clientTimeoutMs,
      maxInflights: 16,
    });
    const forget = () => {
      if (open.get(name)?.connection === connection) open.delete(name);
    };
    // Without a handler an error would end the process; whoever waits for an answer gets it as well.
    connection.on('error', forget);
    connection.once('close', forget);
    const held = {
      connection,
      ready: connection.connect(host, port) as Promise<void>,
      since: performance.now(),
      inUse: 0,
    };
    held.ready.catch(forget);
    open.set(name, held);
    return held;
  };

  const get = (broker: Broker): Held => {
    const name = `${broker.host}:${broker.port}`;
    const held = open.get(name);
    const isOld = security.sasl && held && performance.now() - held.since > longestAgeMs;
    return held && !isOld ? held : connect(name, broker);
  };

  const closeQuietly = (connection: Connection) => connection.close().catch(() => undefined);

  return {
    use: async (broker, deadlineMs, request) => {
      if (isClosed) throw kafkaUnavailable(new Error('the event log was closed'));
      const held = get(broker);
      held.inUse += 1;
      let timer: NodeJS.Timeout | undefined;
      const deadline = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(kafkaUnavailable(new Error(`${broker.host}:${broker.port} did not answer within ${deadlineMs} ms`)));
          held.connection.socket?.destroy();
        }, deadlineMs);
      });
      try {
        return await Promise.race([held.ready.then(() => request(held.connection)), deadline]);
      } finally {
        clearTimeout(timer);
        held.inUse -= 1;
        const isReplaced = open.get(`${broker.host}:${broker.port}`) !== held;
        if (isReplaced && held.inUse === 0) void closeQuietly(held.connection);
      }
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...open.values()].map(({ connection }) => closeQuietly(connection)));
    },
  };
};

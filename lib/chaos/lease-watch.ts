/** Looks again and again who may publish each outbox, so that two who believe it at once are seen. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** Somebody who acted in an epoch, as it was seen. */
export type Holding = { readonly place: string; readonly holder: string; readonly epoch: number };

export type LeaseFault = { readonly subject: string; readonly detail: string };

/** Of what was seen in its order: an epoch has one holder, and nobody acts in one that is over. */
export const faultsOfHoldings = (seen: readonly Holding[]): LeaseFault[] =>
  [...Map.groupBy(seen, ({ place }) => place)].flatMap(([place, holdings]) => {
    const holders = new Map<number, string>();
    let newest = 0;
    return holdings.flatMap(({ holder, epoch }): LeaseFault[] => {
      const first = holders.get(epoch) ?? holder;
      holders.set(epoch, first);
      const isOver = epoch < newest;
      newest = Math.max(newest, epoch);
      if (isOver)
        return [{ subject: place, detail: `${holder} acted in epoch ${epoch} after epoch ${newest} had begun` }];
      return first === holder ? [] : [{ subject: place, detail: `${first} and ${holder} both held epoch ${epoch}` }];
    });
  });

const LOOK_EVERY_MS = 250;
const WITHIN_MS = 2_000;

const look = async (url: string): Promise<Omit<Holding, 'place'> | undefined> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: WITHIN_MS, query_timeout: WITHIN_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ holder: string | null; epoch: string }>(
      'SELECT holder, epoch FROM relay_lease',
    );
    const [row] = rows;
    return row && row.holder !== null ? { holder: row.holder, epoch: Number(row.epoch) } : undefined;
  } finally {
    // One that stands still answers no good-bye either.
    void client.end().catch(() => undefined);
  }
};

export type LeaseWatch = {
  /** Ends the watching. Resolves with how many holdings were seen, and what was wrong with them. */
  finish(): Promise<{ readonly checked: number; readonly violations: readonly LeaseFault[] }>;
};

/** Watches the leases of some databases, by name; one that does not answer is looked at again. */
export const watchLeases = (databases: Readonly<Record<string, string>>): LeaseWatch => {
  const ending = new AbortController();
  const seen: Holding[] = [];
  const watch = async (place: string, url: string) => {
    while (!ending.signal.aborted) {
      const found = await look(url).catch(() => undefined);
      const last = seen.findLast((holding) => holding.place === place);
      const isNew = found && (found.epoch !== last?.epoch || found.holder !== last.holder);
      if (isNew) seen.push({ place, ...found });
      await pause(LOOK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const watching = Promise.all(Object.entries(databases).map(([place, url]) => watch(place, url)));
  return {
    finish: async () => {
      ending.abort();
      await watching;
      return { checked: seen.length, violations: faultsOfHoldings(seen) };
    },
  };
};

import { signalTarget } from '../replay/signal-target.ts';
import { runsOnThisMachine, services } from '../services.ts';
import type { Drill } from './drill.ts';

/** On this machine each process has a cache of its own, which goes with it. */
export const lostCache: Drill = {
  name: 'lost-cache',
  sentence: 'everything in the cache is lost at once: counters of rates, carts of guests and pages of the catalogue',
  run: async ({ state: { dataFolder }, say, signal, afterPurchases }) => {
    const holders = services.filter((service) => service.cache && runsOnThisMachine(service)).map(({ name }) => name);
    say(`killing ${holders.join(', ')}, each with its cache`);
    await Promise.all(holders.map((name) => signalTarget(name, 'SIGKILL', { dataFolder, signal })));
    // Each is well again once it can be asked for.
    for (const name of holders) await signalTarget(name, 0, { dataFolder, signal });
    await afterPurchases(1);
    return [];
  },
};

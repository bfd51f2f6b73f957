import type { Runtime } from '../../services/kit/manifest.ts';
import type { Observation } from '../../services/kit/observation.ts';

/** What a manifest may declare, by what runs of its service. */
export const abilities: Readonly<
  Record<
    Runtime,
    {
      /** Whether others can call it. */
      readonly hasDoors: boolean;
      readonly ownsDatabase: boolean;
      /** Whether changes of a table can wake it. */
      readonly followsTables: boolean;
      /** Whether it can reach what is outside; the browsers of a site's readers reach what they like. */
      readonly reachesOutside: boolean;
      /** What it can observe: databases and brokers are inside the network, where functions are not. */
      readonly observes: readonly (keyof Observation)[];
      /** Whether it can use the shared cache, which is inside the network too. */
      readonly reachesCache: boolean;
      /** Whether it publishes without a database that holds what a transaction wrote: Flink writes results of its own checkpoints. */
      readonly needsNoOutbox: boolean;
    }
  >
> = {
  pods: {
    hasDoors: true,
    ownsDatabase: true,
    followsTables: false,
    reachesOutside: true,
    observes: ['databases', 'topics', 'tables'],
    reachesCache: true,
    needsNoOutbox: false,
  },
  function: {
    hasDoors: false,
    ownsDatabase: false,
    followsTables: true,
    reachesOutside: true,
    observes: ['tables'],
    reachesCache: false,
    needsNoOutbox: false,
  },
  site: {
    hasDoors: false,
    ownsDatabase: false,
    followsTables: false,
    reachesOutside: false,
    observes: [],
    reachesCache: false,
    needsNoOutbox: false,
  },
  flink: {
    hasDoors: false,
    ownsDatabase: false,
    followsTables: false,
    reachesOutside: true,
    observes: [],
    reachesCache: false,
    needsNoOutbox: true,
  },
};

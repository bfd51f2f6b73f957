import type { topologyDoors } from '../../contracts/http/operations/topology-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { type AskHealthEffects, askHealth, worstOf } from '../topology/ask-health.ts';
import { edgesOf } from '../topology/edges-of.ts';

export type TopologyEffects = AskHealthEffects & {
  readonly clock: Clock;
  /** Processes of a service; null where nobody knows. */
  readonly replicasOf: (name: string) => Promise<number | null>;
};

/** What the doors about the shop as a whole do. */
export const topologyHandlers = (effects: TopologyEffects): DoorHandlers<typeof topologyDoors> => ({
  topology: async () => {
    const { platform } = effects;
    const [health, replicas] = await Promise.all([
      askHealth(effects),
      Promise.all(platform.map(({ name }) => effects.replicasOf(name))),
    ]);
    return {
      services: platform.map(({ name, kind, runs }, at) => ({
        name,
        kind,
        runs,
        status: health[at]?.status ?? 'unknown',
        replicas: replicas[at] ?? null,
      })),
      edges: platform.flatMap(edgesOf),
    };
  },

  health: async () => {
    const services = await askHealth(effects);
    return { status: worstOf(services), at: effects.clock.now().toISOString(), services };
  },
});

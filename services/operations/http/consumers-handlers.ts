import type { consumersDoors } from '../../contracts/http/operations/consumers-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { lookAtConsumers } from '../consumers/look-at-consumers.ts';
import { type ResetOffsetsEffects, resetOffsets } from '../consumers/reset-offsets.ts';
import { actorOf } from '../use-cases/perform-act.ts';

/** What the doors of the consumers do. */
export const consumersHandlers = (effects: ResetOffsetsEffects): DoorHandlers<typeof consumersDoors> => ({
  consumers: async () => ({ consumers: await lookAtConsumers(effects) }),
  resetOffsets: ({ caller, params: { group }, body }) => resetOffsets(effects, { group, actor: actorOf(caller), body }),
});

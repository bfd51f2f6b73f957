import type { pipelinesDoors } from '../../contracts/http/operations/pipelines-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { type LookAtPipelinesEffects, lookAtPipelines } from '../pipelines/look-at-pipelines.ts';

/** What the door of the pipelines does. */
export const pipelinesHandlers = (effects: LookAtPipelinesEffects): DoorHandlers<typeof pipelinesDoors> => ({
  pipelines: async () => ({ at: effects.clock.now().toISOString(), pipelines: await lookAtPipelines(effects) }),
});

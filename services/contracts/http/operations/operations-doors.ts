/** Every door of the operations service, a line a family: gateway, client and documentation read this table. */
import type { Doors } from '../door.ts';
import { actsDoors } from './acts-doors.ts';
import { analyticsDoors } from './analytics-doors.ts';
import { cacheDoors } from './cache-doors.ts';
import { consumersDoors } from './consumers-doors.ts';
import { databasesDoors } from './databases-doors.ts';
import { deadLettersDoors } from './dead-letters-doors.ts';
import { eventSequencesDoors } from './event-sequences-doors.ts';
import { incidentsDoors } from './incidents-doors.ts';
import { lawsDoors } from './laws-doors.ts';
import { pipelinesDoors } from './pipelines-doors.ts';
import { topologyDoors } from './topology-doors.ts';

export const operationsDoors = {
  ...topologyDoors,
  ...pipelinesDoors,
  ...deadLettersDoors,
  ...actsDoors,
  ...eventSequencesDoors,
  ...incidentsDoors,
  ...consumersDoors,
  ...databasesDoors,
  ...cacheDoors,
  ...analyticsDoors,
  ...lawsDoors,
} as const satisfies Doors;

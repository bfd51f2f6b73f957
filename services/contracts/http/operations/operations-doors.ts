/** Every door of the operations service, a line a family: gateway, client and documentation read this table. */
import type { Doors } from '../door.ts';
import { topologyDoors } from './topology-doors.ts';

export const operationsDoors = {
  ...topologyDoors,
} as const satisfies Doors;

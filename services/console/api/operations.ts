import { createDoorClient } from '../../contracts/http/client.ts';
import { operationsDoors } from '../../contracts/http/operations/operations-doors.ts';
import { openDoors } from '../../site-kit/api/reader.ts';

/** The doors of those who operate the platform. */
export const operations = openDoors((reader) => createDoorClient(operationsDoors, reader));

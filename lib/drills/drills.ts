import type { Drill } from './drill.ts';
import { lostCache } from './lost-cache.ts';
import { lostEventLog } from './lost-event-log.ts';
import { pointInTime } from './point-in-time.ts';
import { promote } from './promote.ts';
import { rotatedSecrets } from './rotated-secrets.ts';

/** Every rehearsal that this machine can make. */
export const drills: readonly Drill[] = [promote, lostCache, lostEventLog, pointInTime, rotatedSecrets];

/** The drill of a name. Throws one sentence for another name. */
export const drillNamed = (name: string): Drill => {
  const found = drills.find((drill) => drill.name === name);
  if (found) return found;
  throw new Error(`"${name}" is no drill; known are ${drills.map((drill) => drill.name).join(', ')}`);
};

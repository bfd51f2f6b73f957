import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../checkout.ts';
import { eventBugs } from './event-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { purchaseBugs } from './purchase-bugs.ts';

/**
 * Every bug with which the harness is proved, each with a story of the same name in lib/chaos/testing. A shop that dropped a service has
 * nowhere to plant the bugs of it.
 */
export const plantedBugs: readonly PlantedBug[] = [...eventBugs, ...purchaseBugs].filter(({ edits }) =>
  edits.every(({ file }) => existsSync(path.join(root, file))),
);

/** The bug of that name; throws one sentence where there is none. */
export const plantedBugNamed = (name: string): PlantedBug => {
  const bug = plantedBugs.find((each) => each.name === name);
  if (bug) return bug;
  throw new Error(`"${name}" is no planted bug; name one of ${plantedBugs.map((each) => each.name).join(', ')}`);
};

/** Tells one story in this process, on the build as it is or with one planted bug, and prints as a line of JSON what the invariants say. */
import { plantedBugNamed } from '../planted/planted-bugs.ts';
import { plant } from './plant.ts';

const [name = '', how = 'sound', patience = '60'] = process.argv.slice(2);
const bug = plantedBugNamed(name);
const planted = how === 'planted' ? plant(bug) : undefined;
// Loaded after the plant, which changes modules as they are loaded.
const { stories } = await import('./stories.ts');
const verdicts = await stories[name as keyof typeof stories]({ patienceSeconds: Number(patience) });
planted?.requireGrown();
process.stdout.write(`${JSON.stringify(verdicts)}\n`);
process.exit(0);

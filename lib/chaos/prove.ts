/** Proves the harness: each planted bug is told in a process of its own, and must be caught by the invariant that is there for it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { root } from '../checkout.ts';
import type { InvariantVerdict, Letter } from './invariants.ts';
import type { PlantedBug } from './planted/planted-bug.ts';

const run = promisify(execFile);

export type Proof = {
  readonly name: string;
  readonly sentence: string;
  readonly meantFor: Letter;
  /** What was violated with the bug planted. */
  readonly caughtBy: readonly Letter[];
  /** What was violated without it, which must be nothing. */
  readonly falseAlarms: readonly Letter[];
  /** The first violation, in words. */
  readonly found: string;
  /** Seconds from the planting to the verdict. */
  readonly seconds: number;
};

const story = fileURLToPath(new URL('./testing/main.ts', import.meta.url));
/** For a story to be told, on a machine that does much else. */
const WITHIN_MS = 300_000;
/** Seconds that a sound build has for what takes time; that much a planted one does not need to be found out. */
const PATIENCE_SECONDS = { sound: 60, planted: 5 } as const;

const tell = async (bug: PlantedBug, how: 'sound' | 'planted', signal: AbortSignal): Promise<InvariantVerdict[]> => {
  const parameters = [story, bug.name, how, String(PATIENCE_SECONDS[how])];
  const { stdout } = await run(process.execPath, parameters, { cwd: root, signal, timeout: WITHIN_MS }).catch(
    (problem: { stderr?: string; message: string }) => {
      signal.throwIfAborted();
      throw new Error(`the story of ${bug.name} came to no end: ${problem.stderr?.trim() || problem.message}`);
    },
  );
  return (JSON.parse(stdout) as InvariantVerdict[]).filter(({ violations }) => violations.length > 0);
};

const lettersOf = (verdicts: readonly InvariantVerdict[]) => verdicts.map(({ letter }) => letter);

/** Tells the story of a bug twice, with it and without. Throws when a story comes to no end. */
export const prove = async (bug: PlantedBug, signal: AbortSignal): Promise<Proof> => {
  const { name, sentence, caughtBy: meantFor } = bug;
  const falseAlarms = lettersOf(await tell(bug, 'sound', signal));
  const plantedAt = performance.now();
  const violated = await tell(bug, 'planted', signal);
  const seconds = Math.round((performance.now() - plantedAt) / 100) / 10;
  const [first] = violated.find(({ letter }) => letter === meantFor)?.violations ?? [];
  const found = first ? `${first.subject} ${first.detail}` : '';
  return { name, sentence, meantFor, caughtBy: lettersOf(violated), falseAlarms, found, seconds };
};

/** Whether the bug was caught by what is there for it, and a sound build by nothing. */
export const isProved = ({ meantFor, caughtBy, falseAlarms }: Proof): boolean =>
  caughtBy.includes(meantFor) && falseAlarms.length === 0;

/** Whether a bundle can be loaded by Node, in a process of its own and without anything that it would find in production. */
import { type Runtime, runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import { runProgram } from '../run-program.ts';
import type { Bundle } from './bundle.ts';

/** Milliseconds that loading may take; it takes half a second on an idle machine. */
const LOAD_DEADLINE_MS = 60_000;

const errorIn = (complaint: string) =>
  complaint.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? complaint.split('\n')[0] ?? '';

/** How Node is asked to load a bundle, and whether what it says is right. */
type Trial = {
  readonly parameters: (entry: string) => readonly string[];
  readonly isRight: (code: number | null, refusal: string, complaint: string) => boolean;
};

const trials: Readonly<Record<Runtime, Trial | undefined>> = {
  pods: {
    parameters: (entry) => [entry],
    isRight: (code, refusal, complaint) => code === 1 && complaint.startsWith(refusal),
  },
  function: {
    parameters: (entry) => [
      '--input-type=module',
      '--eval',
      `const { handler } = await import(${JSON.stringify(entry)}); if (typeof handler !== 'function') throw new Error('it exports no function "handler"');`,
    ],
    // It may read its configuration as it is loaded; then it says so like a service.
    isRight: (code, refusal, complaint) => code === 0 || complaint.includes(refusal),
  },
  // A browser runs the one and Flink the other.
  site: undefined,
  flink: undefined,
};

/**
 * Loads what Node runs of a service with an empty environment: every module is evaluated, then the service has to refuse the
 * environment in its own words; a function has to export its handler. Throws one sentence with what Node said instead.
 */
export const checkLoads = async (service: ServiceManifest, { folder, entry }: Bundle): Promise<void> => {
  const { name } = service;
  const trial = trials[runtimeOf(service)];
  if (!trial) return;
  const { code, stderr } = await runProgram(process.execPath, trial.parameters(entry), {
    cwd: folder,
    inherits: false,
    timeoutMs: LOAD_DEADLINE_MS,
  });
  const complaint = stderr.trim();
  if (trial.isRight(code, `services/${name} cannot start with this environment`, complaint)) return;
  throw new Error(
    `the bundle of ${name} does not load: ${errorIn(complaint) || `it ended with ${code} and without refusing an empty environment`}; look for it with node ${entry}`,
  );
};

/** Whether a bundle can be loaded by Node, in a process of its own and without anything that it would find in production. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { runProgram } from '../run-program.ts';
import type { Bundle } from './bundle.ts';

/** Milliseconds that loading may take; it takes half a second on an idle machine. */
const LOAD_DEADLINE_MS = 60_000;

const errorIn = (complaint: string) =>
  complaint.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? complaint.split('\n')[0] ?? '';

/**
 * Loads the bundle with an empty environment: every module is evaluated, then the service has to refuse the environment in its own
 * words. A Lambda has to export its handler. Throws one sentence with what Node said instead.
 */
export const checkLoads = async ({ name, kind }: ServiceManifest, { folder, entry }: Bundle): Promise<void> => {
  const isLambda = kind === 'lambda';
  const handler = `const { handler } = await import(${JSON.stringify(entry)}); if (typeof handler !== 'function') throw new Error('it exports no function "handler"');`;
  const { code, stderr } = await runProgram(
    process.execPath,
    isLambda ? ['--input-type=module', '--eval', handler] : [entry],
    { cwd: folder, inherits: false, timeoutMs: LOAD_DEADLINE_MS },
  );
  const complaint = stderr.trim();
  // A Lambda may read its configuration as it is loaded; then it says so like a service.
  const refused = code === 1 && complaint.startsWith(`services/${name} cannot start with this environment`);
  if (refused || (isLambda && (code === 0 || complaint.includes('cannot start with this environment')))) return;
  throw new Error(
    `the bundle of ${name} does not load: ${errorIn(complaint) || `it ended with ${code} and without refusing an empty environment`}; look for it with node ${entry}`,
  );
};

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';

/** What the protobuf files last promised, as buf's image in JSON; a released promise is only ever added to. */
const baselineName = 'baseline.json';
const generatedName = 'generated';

/** Problems of the .proto files by buf's STANDARD rules; empty when there are none. */
export const lintContracts = (folder: string) => problemsOf(folder, ['lint']);

/** Changes that a service built from the baseline would not survive; empty when there are none. */
export async function breakingChanges(folder: string): Promise<string> {
  const baseline = join(folder, baselineName);
  if (!existsSync(baseline)) return `${baselineName} is missing: without it nothing can be compared.`;
  return problemsOf(folder, ['breaking', '--against', baselineName]);
}

/** Files that `npm run generate` would change, one a line; empty when all are fresh. */
export async function staleContracts(folder: string): Promise<string> {
  const fresh = mkdtempSync(join(tmpdir(), 'cloudmart-contracts-'));
  try {
    await writeContracts(folder, fresh);
    return differences(folder, fresh).join('\n');
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

/** Rewrites the generated code and the baseline. Throws, with nothing changed, when the .proto files do not compile. */
export async function generateContracts(folder: string): Promise<string[]> {
  const fresh = mkdtempSync(join(tmpdir(), 'cloudmart-contracts-'));
  try {
    await writeContracts(folder, fresh);
    const changed = differences(folder, fresh);
    rmSync(join(folder, generatedName), { recursive: true, force: true });
    cpSync(fresh, folder, { recursive: true });
    return changed;
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

async function problemsOf(folder: string, parameters: readonly string[]): Promise<string> {
  const { code, output } = await runCommand('buf', parameters, { cwd: folder });
  return code === 0 ? '' : output || `buf ${parameters[0]} ended with exit code ${code}.`;
}

async function writeContracts(folder: string, target: string): Promise<void> {
  const image = join(target, baselineName);
  const problems =
    (await problemsOf(folder, ['build', '--exclude-source-info', '--output', image])) ||
    (await problemsOf(folder, ['generate', '--output', target]));
  if (problems) throw new Error(problems);
  writeFileSync(image, `${JSON.stringify(JSON.parse(readFileSync(image, 'utf8')), null, 1)}\n`);
}

function differences(folder: string, fresh: string): string[] {
  const paths = new Set([...filesUnder(join(folder, generatedName)), ...filesUnder(join(fresh, generatedName))]);
  return [baselineName, ...[...paths].sort().map((path) => join(generatedName, path))].filter(
    (path) => contentOf(join(folder, path)) !== contentOf(join(fresh, path)),
  );
}

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

const contentOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

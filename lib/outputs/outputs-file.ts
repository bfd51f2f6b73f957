/** Values that a deployment left behind, read from the file that `cdk deploy --outputs-file` writes. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { OutputOf } from '../workloads/environment-values.ts';
import { outputsByName } from './stack-outputs.ts';

const fileShape = z.record(z.string(), z.record(z.string(), z.string()));

const belongsTo = (stack: string, environment: string) =>
  stack
    .toLowerCase()
    .split(/[^a-z]+/)
    .includes(environment);

const readJson = async (file: string): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch((problem: NodeJS.ErrnoException) => {
    throw new Error(`cannot read ${file} (${problem.code}); give the file that "cdk deploy --outputs-file" wrote`);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON; give the file that "cdk deploy --outputs-file" wrote`);
  }
};

/**
 * Outputs of one environment's stacks by name. Throws one sentence when the file cannot be read, holds no stack of the
 * environment, holds two values of one name, or lacks some of the needed names.
 */
export const readOutputs = async (file: string, environment: string, needed: readonly string[]): Promise<OutputOf> => {
  const parsed = fileShape.safeParse(await readJson(file));
  if (!parsed.success)
    throw new Error(
      `${file} does not map stacks to their outputs; give the file that "cdk deploy --outputs-file" wrote`,
    );
  const stacks = Object.entries(parsed.data).filter(([stack]) => belongsTo(stack, environment));
  if (stacks.length === 0)
    throw new Error(
      `${file} holds no stack of ${environment}, only ${Object.keys(parsed.data).join(', ') || 'nothing'}; deploy ${environment} first or name its file`,
    );
  return outputsByName(Object.fromEntries(stacks), needed, `${environment} in ${file}`);
};

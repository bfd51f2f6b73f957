/** Physical names of tables, as deployed stacks tell them. */
import type { Environment } from '../environment/environment.ts';
import { type OutputsSource, outputsFor } from '../workloads/render.ts';
import { outputNames } from './stack-outputs.ts';

/** Asks when it is called. Throws one sentence when the stacks do not tell. */
export const tableNamed =
  (table: string, environment: Environment, outputs: OutputsSource = 'deployed') =>
  async (): Promise<string> => {
    const output = outputNames.table(table);
    return (await outputsFor(outputs, environment, [output]))(output);
  };

// What scripts need that look at the pages of the shop that runs on this machine.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { localDataFolder } from '../lib/names.ts';

type State = {
  readonly gateway: string;
  readonly staff: { readonly email: string; readonly password: string };
  readonly services: readonly { readonly name: string; readonly url?: string }[];
};

export type RunningShop = Pick<State, 'gateway' | 'staff'> & {
  /** Base URL of a site. */
  siteAt(name: string): string;
};

const end = (code: number, sentence: string): never => {
  (code === 0 ? console.log : console.error)(sentence);
  process.exit(code);
};

/** Options with a value that were given, each with its default, beside `--data`. Ends the script with 2 for what is none of them. */
export const readOptions = <Name extends string>(
  usage: string,
  defaults: Readonly<Record<Name, string>>,
): Readonly<Record<Name | 'data', string>> => {
  const known = { data: localDataFolder, ...defaults };
  const options = Object.fromEntries(Object.keys(known).map((name) => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } } });
    return values['help'] ? end(0, usage) : { ...known, ...values };
  } catch (problem) {
    return end(2, `${(problem as Error).message}\n${usage}`);
  }
};

/** The shop of this data folder. Ends the script with 1 where none runs, or where it lacks the site. */
export const findRunningShop = async (folder: string): Promise<RunningShop> => {
  const none = `no shop runs on ${folder}; "npm start" starts one, and --data names another folder`;
  const text = await readFile(join(folder, 'state.json'), 'utf8').catch(() => end(1, none));
  const { gateway, staff, services } = JSON.parse(text) as State;
  const siteAt = (name: string) =>
    services.find((service) => service.name === name)?.url ?? end(1, `the shop on ${folder} has no ${name}`);
  return { gateway, staff, siteAt };
};

/** Options and arguments that several commands take: what each accepts, what comes of it, and how it refuses. */
import { isIP } from 'node:net';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { Environment } from '../../lib/environment/environment.ts';
import { localDataFolder } from '../../lib/names.ts';

type LookUp = {
  /** Gives what the words mean; throws one sentence when they mean nothing. */
  readonly find: (given: never) => unknown;
  /** Whether refusals keep the value to themselves. */
  readonly isSecret: boolean;
};

// Names of services and environments stand in modules that --help need not load; they are looked up once a command is to run.
const lookUps = new WeakMap<Option | Argument, LookUp>();

/** Turns what was typed into what it means, once a command is to run. `find` gets all the words of a variadic parameter at once. */
export const lookedUp = <Given, P extends Option | Argument>(
  parameter: P,
  find: (given: Given) => unknown,
  { isSecret = false }: { readonly isSecret?: boolean } = {},
): P => {
  lookUps.set(parameter, { find, isSecret });
  return parameter;
};

const freeTexts = new WeakSet<Option>();

/** Whether a parameter refuses words that mean nothing; others are free text, such as the name of a file. */
export const isTyped = (parameter: Option | Argument): boolean =>
  lookUps.has(parameter) || (parameter.parseArg !== undefined && !freeTexts.has(parameter as Option));

/** Has every free text of a command refuse to be empty, which an unset variable of a script is. */
export const refuseEmptyTexts = (command: Command): void => {
  for (const option of command.options) {
    if (option.isBoolean() || option.negate || option.variadic || isTyped(option)) continue;
    freeTexts.add(option);
    parsed(option, (text) => {
      if (text.trim() === '') throw new InvalidArgumentError('it is empty');
      return text;
    });
  }
};

const parsed = <T>(option: Option, parse: (text: string) => T): Option => option.argParser(parse);

/** Reads what was typed; a refusal keeps its sentence and counts as wrong usage. */
export const asTyped = <T>(read: () => T): T => {
  try {
    return read();
  } catch (problem) {
    throw new InvalidArgumentError((problem as Error).message);
  }
};

/** Looks up what {@link lookedUp} parameters of a command were given; ends the program as wrong usage where they mean nothing. */
export const lookUp = async (command: Command): Promise<void> => {
  const find = async (parameter: Option | Argument, given: unknown): Promise<unknown> => {
    const known = lookUps.get(parameter);
    if (!known || given === undefined) return given;
    try {
      return await (known.find as (given: unknown) => unknown)(given);
    } catch (problem) {
      const { message } = problem as Error;
      // An argument has no name that anybody typed.
      if (parameter instanceof Argument) return command.error(message);
      const value = known.isSecret ? '' : ` ${[given].flat().join(' ') || '""'}`;
      return command.error(`${parameter.long ?? parameter.flags}${value}: ${message}`);
    }
  };
  for (const option of command.options) {
    const name = option.attributeName();
    const given: unknown = command.getOptionValue(name);
    const found = await find(option, given);
    if (found !== given) command.setOptionValue(name, found);
  }
  for (const [at, argument] of command.registeredArguments.entries())
    command.processedArgs[at] = await find(argument, command.processedArgs[at]);
};

/** `--environment`, mandatory: an {@link Environment} of lib/environments.ts. */
const asEnvironment = <P extends Option | Argument>(parameter: P): P =>
  lookedUp(parameter, async (name: string) => {
    const { environments } = await import('../../lib/environments.ts');
    const found: Environment | undefined = environments.find((environment) => environment.name === name);
    if (!found) throw new Error(`known are ${environments.map((environment) => environment.name).join(', ')}`);
    return found;
  });

const ENVIRONMENTS = 'which of lib/environments.ts: dev, staging or production';

export const environmentOption = (description = ENVIRONMENTS): Option =>
  asEnvironment(new Option('--environment <name>', description).makeOptionMandatory());

/** An environment that may be named. */
export const environmentChoice = (description: string): Option =>
  asEnvironment(new Option('--environment <name>', description));

/** An e-mail address, folded as the shop folds it. */
const asEmail = <P extends Option | Argument>(parameter: P): P =>
  lookedUp(parameter, async (text: string) => {
    const { emailAddress } = await import('../../lib/shop/staff-session.ts');
    return emailAddress(text);
  });

export const emailArgument = (description: string): Argument => asEmail(new Argument('[email]', description));
export const emailOption = (flags: string, description: string): Option => asEmail(new Option(flags, description));

/** An environment that has to be named, where a command is about nothing else. */
export const environmentArgument = (): Argument => asEnvironment(new Argument('<environment>', ENVIRONMENTS));

/** `--confirm`: the environment once more, where a command takes nothing back. */
export const confirmOption = (description: string): Option =>
  asEnvironment(new Option('--confirm <name>', description));

/** What a number may be. */
export type NumberRange = {
  readonly least: number;
  readonly most: number;
  /** What the refusal asks for; default a number. */
  readonly unit?: string;
  readonly isWhole?: boolean;
};

/** A number between two others, both allowed. */
export const numberOption = (flags: string, description: string, range: NumberRange): Option =>
  parsed(new Option(flags, description), (text) => {
    const { least, most, isWhole = false, unit = isWhole ? 'a whole number' : 'a number' } = range;
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`give ${unit} from ${least} to ${most}`);
  });

/** Seconds as a number. */
export const secondsOption = (flags: string, description: string, range: Pick<NumberRange, 'least' | 'most'>): Option =>
  numberOption(flags, description, { ...range, unit: 'seconds' });

/** A time in UTC to the minute or finer, given as ISO 8601. `Date` would take the 31st of February for the 3rd of March. */
export const timeOption = (flags: string, description: string): Option =>
  parsed(new Option(flags, description), (text) => {
    const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/.test(text) ? new Date(text) : undefined;
    const isReal = time !== undefined && !Number.isNaN(time.getTime());
    if (!isReal || time.toISOString().slice(0, 16) !== text.slice(0, 16))
      throw new InvalidArgumentError('give a time in UTC such as 2026-03-01T14:30:00Z');
    return time.toISOString();
  });

/** An http or https address, without a slash at its end. */
export const urlOption = (flags: string, description: string): Option =>
  parsed(new Option(flags, description), (text) => {
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
      throw new InvalidArgumentError('give an http or https address such as https://shop.example');
    return text.replace(/\/+$/, '');
  });

/** `--account`: the 12 digits of an AWS account. */
export const accountOption = (): Option =>
  parsed(
    new Option('--account <id>', 'account that the environment lives in, where lib/environments.ts names none'),
    (text) => {
      if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('it is no AWS account id; give its 12 digits');
      return text;
    },
  );

/** `--resolver`: `9.9.9.9`, `127.0.0.1:5353` or `[::1]:53`. */
export const resolverOption = (): Option =>
  parsed(new Option('--resolver <address>', 'DNS server to ask; default those of this machine'), (text) => {
    const [, bracketed, dotted] = /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/.exec(text) ?? [];
    if (isIP(bracketed ?? dotted ?? text) === 0)
      throw new InvalidArgumentError('it is no address; give one such as 9.9.9.9 or 127.0.0.1:5353');
    return text;
  });

/** `--data`: folder of a platform on this machine. */
export const dataOption = (description = 'folder of the running platform'): Option =>
  new Option('--data <dir>', description).default(localDataFolder);

/** `--json`: one line of JSON on stdout in place of text for people. */
export const jsonOption = (description = 'print the report as one line of JSON'): Option =>
  new Option('--json', description);

/** A service, whose manifest is given in place of its name. */
export const serviceArgument = (flags: '<service>' | '[service]', description = 'the service'): Argument =>
  lookedUp(new Argument(flags, description), async (name: string) => {
    const { serviceNamed } = await import('../../lib/services.ts');
    return serviceNamed(name);
  });

/** Gives manifests in place of the names of services; without names all. */
export const asServices = <P extends Option | Argument>(parameter: P): P =>
  lookedUp(parameter, async (names: readonly string[]) => {
    const { servicesNamed } = await import('../../lib/services.ts');
    return servicesNamed(names.length === 0 ? undefined : names);
  });

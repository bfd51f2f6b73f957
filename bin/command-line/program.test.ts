import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { type Command, CommanderError, type Option } from 'commander';
import { isTyped } from './options.ts';
import { createProgram } from './program.ts';

const commands = createProgram().commands;

/** Words that mean nothing to any parameter that has a type. */
const WRONG = ['@', '', '-1', '1e99', 'NaN'];

/** Names of values that may be any text; a new one is added here once nothing about it can be checked. */
const FREE = ['context', 'dir', 'file', 'folder', 'image', 'release', 'revision', 'text', 'token'];

const placeholderOf = ({ flags }: Option) => /[<[]([\w-]+)(\.\.\.)?[>\]]/.exec(flags)?.[1];

const mandatory = (command: Command, except?: Option) =>
  command.options
    .filter((option) => option.mandatory && option !== except)
    .flatMap((option) => {
      if (option.isBoolean()) return [option.long ?? ''];
      const sample = option.attributeName() === 'environment' ? 'dev' : 'x';
      return [option.long ?? '', option.argChoices?.[0] ?? sample];
    });

/** What a command line is refused with, and the exit code's reason; no action ever runs. */
const refusalOf = async (name: string, words: readonly string[]) => {
  const program = createProgram();
  let stderr = '';
  for (const command of [program, ...program.commands])
    command.configureOutput({
      writeErr: (said) => {
        stderr += said;
      },
    });
  program.commands
    .find((command) => command.name() === name)
    ?.action(() => {
      throw new Error(`${name} ${words.join(' ')} was accepted`);
    });
  const problem: unknown = await program.parseAsync([name, ...words], { from: 'user' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(problem instanceof CommanderError)) throw problem;
  return stderr;
};

test('every file of a command is part of the program', () => {
  // `run` holds what the commands do, under the same names.
  const files = readdirSync('bin/commands', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('run/'))
    .map((file) => path.basename(file));
  expect(commands.map((command) => `${command.name()}.ts`).toSorted()).toEqual(files.toSorted());
});

test('every value of an option is checked, or is one that may be any text', () => {
  const unchecked = commands.flatMap((command) =>
    command.options
      .filter(
        (option) =>
          !option.isBoolean() && !option.negate && !isTyped(option) && !FREE.includes(placeholderOf(option) ?? ''),
      )
      .map((option) => `${command.name()} ${option.flags}`),
  );
  expect(unchecked).toEqual([]);
});

const typed = commands.flatMap((command) => [
  ...command.options.filter(isTyped).map((option) => ({
    name: command.name(),
    parameter: option.long ?? '',
    isOption: true,
    // An argument that is missing would be refused before the option.
    words: [
      ...mandatory(command, option),
      ...command.registeredArguments
        .filter((one) => one.required && isTyped(one))
        .map((one) => one.argChoices?.[0] ?? 'dev'),
    ],
  })),
  ...command.registeredArguments.filter(isTyped).map((argument) => ({
    name: command.name(),
    parameter: argument.name(),
    isOption: false,
    words: mandatory(command),
  })),
]);

test.each(typed)(
  '$name refuses wrong values of $parameter in one sentence',
  async ({ name, parameter, isOption, words }) => {
    for (const wrong of WRONG) {
      const given = isOption ? [...words, `${parameter}=${wrong}`] : [...words, '--', wrong];
      expect(await refusalOf(name, given)).toMatch(
        new RegExp(`^cloudmart: ${isOption ? `${parameter}[: ]` : ''}.*\\n$`),
      );
    }
  },
);

const texts = commands.flatMap((command) =>
  command.options
    .filter((option) => option.required && !isTyped(option))
    .map((option) => ({ name: command.name(), option: option.long ?? '' })),
);

test.each(texts)(
  '$name refuses an empty $option, as an unset variable of a script gives it',
  async ({ name, option }) => {
    expect(await refusalOf(name, [option, ''])).toBe(`cloudmart: ${option} "": it is empty\n`);
  },
);

const times = commands.flatMap((command) =>
  command.options
    .filter((option) => placeholderOf(option) === 'time')
    .map((option) => ({ name: command.name(), option: option.long ?? '' })),
);

test.each(times)('$name refuses a day that no calendar has in $option', async ({ name, option }) => {
  for (const day of ['2026-02-31T02:00:00Z', '2026-04-31T02:00Z', '2026-03-01T24:00:00Z', '2027-02-29T00:00:00Z'])
    expect(await refusalOf(name, [option, day])).toMatch(/: give /);
});

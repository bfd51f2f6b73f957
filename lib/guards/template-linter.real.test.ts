import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { environments } from '../environments.ts';
import { runProgram } from '../run-program.ts';
import { partOf } from '../testing/real-part.ts';

const exceptions = [
  // CDK names every role that a function waits for, also where a reference says the same.
  'W3005',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-cfn-lint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const templatesOf = (environment: string) => {
  const assembly = path.join(process.env['REAL_ASSEMBLY'] ?? '', `assembly-${environment}`);
  return readdirSync(assembly)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => path.join(assembly, file));
};

/** Findings of every severity, as `rule resource or place: message`. */
const lint = async (files: readonly string[]) => {
  const parameters = ['--format', 'json', '--ignore-checks', ...exceptions, '--template', ...files];
  const { output } = await runProgram(partOf('REAL_CFN_LINT'), parameters);
  const findings = JSON.parse(output.trim() || '[]') as {
    Rule: { Id: string };
    Location: { Path: string[] };
    Message: string;
  }[];
  return findings.map(({ Rule, Location, Message }) => `${Rule.Id} ${Location.Path?.join('/')}: ${Message}`);
};

test.each(environments.map(({ name }) => name))(
  'cfn-lint finds nothing in the templates of %s',
  async (environment) => {
    const files = templatesOf(environment);
    expect(files.length).toBeGreaterThan(10);
    expect(await lint(files)).toEqual([]);
  },
);

test('a property that CloudFormation does not know is found', async () => {
  const [file] = templatesOf('dev').filter((name) => name.includes('Registry'));
  const broken = path.join(folder, 'broken.template.json');
  const text = await readFile(file as string, 'utf8');
  await writeFile(broken, text.replace('"ImageTagMutability"', '"ImageTagMutable"'));
  expect((await lint([broken])).join()).toContain('ImageTagMutable');
});

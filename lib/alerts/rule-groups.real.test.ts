/** Every alert in Prometheus' own evaluator: it rings, it stays silent just beside, it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { runProgram } from '../run-program.ts';
import { services } from '../services.ts';
import { partOf } from '../testing/real-part.ts';
import { ruleFile } from './rule.ts';
import { ruleGroups } from './rule-groups.ts';
import { promtoolTests } from './testing/promtool-tests.ts';

const groups = ruleGroups(services);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-rules-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const promtool = (...parameters: string[]) => runProgram(partOf('REAL_PROMTOOL'), parameters);
const write = async (name: string, content: object) => {
  const file = path.join(folder, name);
  await writeFile(file, stringify(content, { aliasDuplicateObjects: false, lineWidth: 0 }));
  return file;
};

test('promtool finds nothing wrong with the rules', async () => {
  const file = await write('all.yaml', ruleFile(groups));
  const { code, output } = await promtool('check', 'rules', '--lint=all', '--lint-fatal', file);
  expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
});

test.each(groups)('the alerts of $name ring, stay silent just beside, and end', async (group) => {
  const rules = await write(`${group.name}.yaml`, ruleFile([group]));
  const tests = promtoolTests(group, rules, services);
  expect(tests.tests.length).toBeGreaterThan(1);
  const { code, output } = await promtool('test', 'rules', await write(`${group.name}.test.yaml`, tests));
  expect([code, code === 0 ? '' : output.slice(0, 4_000)]).toEqual([0, '']);
});

test('promtool would have told: a rule with another threshold fails its tests', async () => {
  const [group] = groups;
  if (!group) throw new Error('there is no group');
  const planted = {
    ...group,
    rules: group.rules.map((rule) => ({ ...rule, expression: rule.expression.replace('> 2 and', '> 3 and') })),
  };
  expect(planted).not.toEqual(group);
  const rules = await write('planted.yaml', ruleFile([planted]));
  const { code, output } = await promtool(
    'test',
    'rules',
    await write('planted.test.yaml', promtoolTests(group, rules, services)),
  );
  expect([code, output]).toEqual([1, expect.stringContaining('HttpSlow')]);
});

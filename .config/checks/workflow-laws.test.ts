import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from '../../lib/checkout.ts';
import { environments } from '../../lib/environments.ts';
import {
  commandNamed,
  environmentsIn,
  parseWorkflow,
  readWorkflows,
  unknownCommands,
  type Workflow,
  workflowLaws,
} from './workflow-laws.ts';

const workflows = readWorkflows();
const named = (name: string): Workflow => {
  const found = workflows.find(({ file }) => file === `.github/workflows/${name}.yml`);
  if (!found) throw new Error(`there is no workflow ${name}`);
  return found;
};

describe('the workflows of this repository', () => {
  test('are those that docs/deploy.md describes', () => {
    const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
    expect(workflows.length).toBeGreaterThan(5);
    expect(
      workflows.filter(({ file }) => !page.includes(`\`${file.split('/').at(-1)}\``)).map(({ file }) => file),
    ).toEqual([]);
  });

  test.each(Object.entries(workflowLaws))('keep the law %s', (_name, law) => {
    expect(workflows.flatMap(law)).toEqual([]);
  });

  test('name only commands, options and scripts that exist', async () => {
    for (const workflow of workflows) expect(await unknownCommands(workflow, commandNamed)).toEqual([]);
  });

  test('know each environment by the region that it has', () => {
    const known = environments.map(({ name, region }) => ({ environment: name, region }));
    for (const name of ['deploy', 'drift']) expect(environmentsIn(named(name))).toEqual(known);
  });

  test('try a release through the public door wherever there is one', () => {
    const doors = named('deploy').jobs.flatMap(([, job]) =>
      job.with ? [[job.with['environment'], job.with['door']]] : [],
    );
    expect(doors).toEqual(environments.map(({ name, publicDoor }) => [name, publicDoor !== undefined]));
  });

  test('look for advisories without a commit, and never between a mend and its deployment', () => {
    const audits = workflows.filter(({ text }) => text.includes('npm audit --omit=dev'));
    expect(audits.map(({ file }) => file)).toEqual(['.github/workflows/dependencies.yml']);
    expect(named('dependencies').triggers).toEqual(expect.arrayContaining(['pull_request', 'schedule']));
    expect(named('dependencies').triggers).not.toContain('workflow_call');
  });

  test('can end dev and nothing else', () => {
    expect(named('tear-down').text).not.toMatch(/staging|production/);
    expect(environments.find(({ name }) => name === 'dev')?.protected).toBe(false);
  });

  test('deploy only after the images are there and the pre-flight passed', () => {
    const scripts = named('deploy-environment')
      .jobs.flatMap(([, { steps }]) => steps ?? [])
      .map(({ run }) => run ?? '');
    const order = [
      '"$ENVIRONMENT/Registry" "$ENVIRONMENT/Secret" --exclusively',
      'cloudmart publish',
      'cloudmart preflight',
      'cdk deploy --app asm "$ENVIRONMENT/**"',
      'cloudmart verify',
    ];
    const places = order.map((command) => scripts.findIndex((script) => script.includes(command)));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
    expect(named('deploy-environment').text).not.toContain('continue-on-error');
  });
});

describe('a planted breach is found by its law and by no other', () => {
  const breaches: readonly (readonly [
    law: keyof typeof workflowLaws,
    file: string,
    from: string | RegExp,
    to: string,
  ])[] = [
    ['endsInTime', 'checks', '    timeout-minutes: 30\n', ''],
    ['leastRights', 'checks', 'permissions: {}', 'permissions: read-all'],
    ['leastRights', 'checks', '    permissions:\n      contents: read\n    steps', '    steps'],
    ['leastRights', 'deploy', 'actions: read', 'contents: write'],
    ['leastRights', 'deploy', 'actions: read', 'id-token: write'],
    ['strangersWriteNothing', 'review', 'on:\n  pull_request:', 'on:\n  pull_request_target:'],
    ['strangersWriteNothing', 'review', 'contents: read', 'contents: read\n      issues: write'],
    ['pinned', 'checks', /actions\/cache@\S+ # v\S+/, 'actions/cache@v5'],
    ['pinned', 'checks', /(actions\/cache@\S+) # v\S+/, '$1'],
    [
      'noInjection',
      'review',
      'run: |\n          options',
      `run: |\n          echo \${{ github.head_ref }}\n          options`,
    ],
    ['noStoredKeys', 'checks', 'persist-credentials: false', 'persist-credentials: true'],
    ['noStoredKeys', 'tear-down', 'aws-region:', 'aws-access-key-id: key\n          aws-region:'],
    ['deploysBehindRules', 'tear-down', '    environment: dev\n', ''],
    ['deploysBehindRules', 'tear-down', 'concurrency:\n  group: deploy-dev\n', ''],
    ['deploysBehindRules', 'deploy', 'needs: approval-rule', 'needs: staging'],
  ];
  test.each(breaches)('%s in %s', (law, name, from, to) => {
    const { file, text } = named(name);
    const planted = text.replace(from, to);
    expect(planted).not.toBe(text);
    const broken = Object.entries(workflowLaws).filter(([, holds]) => holds(parseWorkflow(file, planted)).length > 0);
    expect(broken.map(([found]) => found)).toEqual([law]);
  });

  test('knows commands in whatever room of bin/commands they lie', async () => {
    const names = await Promise.all(
      ['up', 'rename', 'bench-lines'].map(async (name) => (await commandNamed(name))?.name()),
    );
    expect(names).toEqual(['up', 'rename', undefined]);
  });

  test.each([
    ['a command', 'npx cloudmart bundel', 'there is no "npx cloudmart bundel"'],
    ['an option', 'npx cloudmart bundle --into x', '"npx cloudmart bundle" has no --into'],
    ['a script', 'npm run tset', 'package.json has no script "tset"'],
  ])('%s that does not exist', async (_what, run, sentence) => {
    const planted = parseWorkflow('x.yml', `on: push\njobs:\n  one:\n    steps:\n      - run: ${run}\n`);
    expect(await unknownCommands(planted, commandNamed)).toEqual([`x.yml: ${sentence}`]);
  });
});

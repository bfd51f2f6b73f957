import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { root } from '../../lib/checkout.ts';

type Step = {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
};

type Job = {
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly environment?: string;
  readonly concurrency?: unknown;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly strategy?: { readonly matrix?: { readonly include?: readonly Readonly<Record<string, string>>[] } };
  readonly steps?: readonly Step[];
};

export type Workflow = {
  /** Path in the repository. */
  readonly file: string;
  readonly text: string;
  readonly triggers: readonly string[];
  readonly permissions: unknown;
  readonly concurrency: unknown;
  readonly jobs: readonly (readonly [name: string, job: Job])[];
};

export const parseWorkflow = (file: string, text: string): Workflow => {
  const { on, jobs, permissions, concurrency } = parse(text);
  const triggers = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on);
  return { file, text, triggers, permissions, concurrency, jobs: Object.entries(jobs) };
};

/** The workflows of this repository. */
export const readWorkflows = (): Workflow[] =>
  readdirSync(join(root, '.github/workflows')).map((name) =>
    parseWorkflow(`.github/workflows/${name}`, readFileSync(join(root, '.github/workflows', name), 'utf8')),
  );

/** A law returns one sentence for each breach; none means that it is kept. */
export type WorkflowLaw = (workflow: Workflow) => readonly string[];

const stepsOf = ([, { steps }]: Workflow['jobs'][number]): readonly Step[] => steps ?? [];
const writesOf = ({ permissions }: Job) =>
  Object.entries(permissions ?? {}).flatMap(([scope, right]) => (right === 'write' ? [scope] : []));
const signsIn = (job: Workflow['jobs'][number]) =>
  stepsOf(job).filter(({ uses }) =>
    /^(aws-actions\/configure-aws-credentials|actions\/attest-build-provenance)@/.test(uses ?? ''),
  );
const isForeign = (uses: string) => !uses.startsWith('./');

const endsInTime: WorkflowLaw = ({ file, jobs }) =>
  jobs.flatMap(([name, { uses, 'timeout-minutes': minutes }]) =>
    uses || minutes ? [] : [`${file}: job ${name} may run for six hours; set timeout-minutes`],
  );

const leastRights: WorkflowLaw = ({ file, permissions, jobs }) => [
  ...(JSON.stringify(permissions) === '{}'
    ? []
    : [`${file}: every job gets what the top grants; write "permissions: {}" there and the rights at each job`]),
  ...jobs.flatMap((entry) => {
    const [name, job] = entry;
    if (!job.permissions) return [`${file}: job ${name} names no permissions; list the ones that it needs`];
    const tooMuch = writesOf(job).filter(
      (scope) => !['attestations', 'id-token', 'issues', 'pull-requests'].includes(scope),
    );
    return [
      ...tooMuch.map((scope) => `${file}: job ${name} may write ${scope}, which nothing here needs; remove it`),
      ...(writesOf(job).includes('id-token') && !job.uses && signsIn(entry).length === 0
        ? [`${file}: job ${name} may ask for an identity and never signs in; remove id-token`]
        : []),
    ];
  }),
];

const strangersWriteNothing: WorkflowLaw = ({ file, triggers, jobs }) => [
  ...triggers
    .filter((trigger) => ['pull_request_target', 'workflow_run', 'issue_comment'].includes(trigger))
    .map((trigger) => `${file}: ${trigger} gives a stranger's code the rights of main; use pull_request`),
  ...jobs.flatMap((entry) => {
    const [name, job] = entry;
    const runsForeignCode = stepsOf(entry).some(
      ({ uses }) => uses?.startsWith('actions/checkout@') || uses?.startsWith('./'),
    );
    return triggers.includes('pull_request') && runsForeignCode && writesOf(job).length > 0
      ? [`${file}: job ${name} runs the pull request's code and may write; hand a file to a second job that may`]
      : [];
  }),
];

const pinned: WorkflowLaw = ({ file, text }) =>
  [...text.matchAll(/uses: (\S+)(.*)$/gm)].flatMap(([, uses = '', rest = '']) =>
    !isForeign(uses) || (/@[0-9a-f]{40}$/.test(uses) && /^ # v\d+\.\d+\.\d+$/.test(rest))
      ? []
      : [`${file}: ${uses} may become something else; pin the commit, with its version as the comment "# v1.2.3"`],
  );

const noInjection: WorkflowLaw = ({ file, jobs }) =>
  jobs.flatMap((entry) =>
    stepsOf(entry)
      .filter(({ run }) => run?.includes('${{'))
      .map(
        ({ run }) =>
          `${file}: a script of job ${entry[0]} holds ${/\$\{\{.*?\}\}/.exec(run ?? '')?.[0]}, which could be code; hand it over in env`,
      ),
  );

const noStoredKeys: WorkflowLaw = ({ file, jobs, text }) => [
  ...jobs.flatMap((entry) =>
    stepsOf(entry)
      .filter(
        ({ uses, with: inputs }) => uses?.startsWith('actions/checkout@') && inputs?.['persist-credentials'] !== false,
      )
      .map(() => `${file}: job ${entry[0]} leaves its token in the checkout; set persist-credentials: false`),
  ),
  ...(/aws-(access-key-id|secret-access-key)|AWS_SECRET_ACCESS_KEY/.test(text)
    ? [`${file}: a stored AWS key outlives its owner; assume a role by OIDC`]
    : []),
];

/** The environment that a job signs in to, by the role that it assumes. */
const deployedBy = (entry: Workflow['jobs'][number]) =>
  signsIn(entry).some((step) => String(step.with?.['role-to-assume']).endsWith('-deploy'));

const deploysBehindRules: WorkflowLaw = ({ file, jobs, concurrency }) =>
  jobs.flatMap((entry) => {
    const [name, job] = entry;
    const reachesProduction = job.with?.['environment'] === 'production';
    return [
      ...(deployedBy(entry) && !job.environment
        ? [`${file}: job ${name} deploys outside of a GitHub environment; name it, so that its rules hold`]
        : []),
      ...(deployedBy(entry) && !job.concurrency && !concurrency
        ? [`${file}: job ${name} may meet another deployment; give it a concurrency group of its environment`]
        : []),
      ...(reachesProduction && ![job.needs].flat().includes('approval-rule')
        ? [`${file}: job ${name} goes to production unasked; let it need approval-rule`]
        : []),
    ];
  });

/** Long names of a command's options, and of those that every command has. */
const optionsOf = (command: Command) => new Set(['--help', ...command.options.flatMap(({ long }) => long ?? [])]);

/** The command behind `cloudmart NAME`, or nothing. */
export type CommandNamed = (name: string) => Promise<Command | undefined>;

export const commandNamed: CommandNamed = async (name) => {
  const folder = join(root, 'bin/commands');
  const [file] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (one) => basename(one) === `${name}.ts` && !one.startsWith('run/'),
  );
  if (file === undefined) return undefined;
  const factory = `${name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Command`;
  return ((await import(join(folder, file))) as Record<string, () => Command>)[factory]?.();
};

/** Every command of the project that a script names exists, with the options that it gives. */
export const unknownCommands = async ({ file, jobs }: Workflow, named: CommandNamed): Promise<string[]> => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);
  const runs = jobs.flatMap(stepsOf).flatMap(({ run }) => run ?? []);
  const problems: string[] = [];
  for (const run of runs) {
    for (const [, script = ''] of run.matchAll(/\bnpm (?:run )?(?!audit\b|ci\b|run\b)([\w:-]+)/g))
      if (!scripts.includes(script)) problems.push(`${file}: package.json has no script "${script}"`);
    for (const [, name = '', rest = ''] of run.matchAll(/\bnpx cloudmart ([\w-]+)(.*)/g)) {
      const command = await named(name);
      if (!command) problems.push(`${file}: there is no "npx cloudmart ${name}"`);
      else
        for (const [option] of rest.matchAll(/(?<=\s)--[\w-]+/g))
          if (!optionsOf(command).has(option)) problems.push(`${file}: "npx cloudmart ${name}" has no ${option}`);
    }
  }
  return problems;
};

/** Regions that workflows give to environments, which must be those of lib/environments.ts. */
export const environmentsIn = ({ jobs }: Workflow): { environment: string; region: string }[] =>
  jobs
    .flatMap(([, job]) => [job.with, ...(job.strategy?.matrix?.include ?? [])])
    .flatMap((values) =>
      values?.['environment'] ? [{ environment: String(values['environment']), region: String(values['region']) }] : [],
    );

/** What may be said of a workflow's text alone. */
export const workflowLaws = {
  endsInTime,
  leastRights,
  strangersWriteNothing,
  pinned,
  noInjection,
  noStoredKeys,
  deploysBehindRules,
} satisfies Record<string, WorkflowLaw>;

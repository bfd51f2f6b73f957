import { Command, InvalidArgumentError, Option } from 'commander';
import type { Environment } from '../../lib/environment/environment.ts';
import { helpAfter } from '../command-line/help.ts';
import { environmentOption, jsonOption } from '../command-line/options.ts';

export type RenderFlags = {
  readonly environment: Environment;
  readonly out: string;
  readonly fromStack?: string | true;
  readonly repository?: string;
  readonly revision: string;
  readonly path?: string;
  readonly json?: boolean;
};

/** What Argo CD clones from: an address, or Git's short form of one over SSH. */
const repositoryOption = () =>
  new Option(
    '--repository <url>',
    'Git repository that Argo CD reads; without it the Application holds a placeholder',
  ).argParser((text) => {
    if (/^(https?|ssh):\/\/[^/\s]+\/\S+$/.test(text) || /^[\w.-]+@[\w.-]+:\S+$/.test(text)) return text;
    throw new InvalidArgumentError(
      'give an address that Git clones, such as https://git.example/shop.git or git@git.example:shop.git',
    );
  });

/** `cloudmart render`: Kubernetes YAML of one environment for GitOps. */
export const renderCommand = (): Command =>
  new Command('render')
    .summary('write the Kubernetes objects of an environment as YAML')
    .description(
      'write the Kubernetes objects of an environment as YAML, with kustomization.yaml and an Argo CD Application',
    )
    .addOption(environmentOption())
    .requiredOption('--out <folder>', 'folder to write: new, empty, or rendered earlier for the same environment')
    .option(
      '--from-stack [file]',
      'fill in what only a deployment knows: from the stacks of the environment, or from the file that "cdk deploy --outputs-file" wrote; without it the YAML holds placeholders',
    )
    .addOption(repositoryOption())
    .option('--revision <revision>', 'branch, tag or commit that Argo CD follows', 'main')
    .option('--path <folder>', 'folder of the rendered files in that repository; default deploy/<environment>')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          'npx cloudmart render --environment production --out deploy/production',
          'npx cloudmart render --environment staging --out out --from-stack outputs.json',
        ],
        done: 'the files are written',
        failed: 'a value is missing or the folder holds something else; nothing was written',
      }),
    )
    .action(async (flags: RenderFlags) => (await import('./run/render.ts')).runRender(flags));

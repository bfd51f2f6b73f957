import { Command } from 'commander';
import { root } from '../../lib/checkout.ts';

type Options = {
  environment: string;
  out: string;
  fromStack?: string | true;
  repository?: string;
  revision: string;
  path?: string;
  json?: boolean;
};

/** `cloudmart render`: Kubernetes YAML of one environment for GitOps. */
export const renderCommand = (): Command =>
  new Command('render')
    .description(
      'write the Kubernetes objects of an environment as YAML, with kustomization.yaml and an Argo CD Application',
    )
    .requiredOption('--environment <name>', 'dev, staging or production')
    .requiredOption('--out <folder>', 'folder to write: new, empty, or rendered earlier for the same environment')
    .option(
      '--from-stack [file]',
      'fill in what only a deployment knows: from the stacks of the environment, or from the file that "cdk deploy --outputs-file" wrote; without it the YAML holds placeholders',
    )
    .option('--repository <url>', 'Git repository that Argo CD reads; without it the Application holds a placeholder')
    .option('--revision <name>', 'branch, tag or commit that Argo CD follows', 'main')
    .option('--path <folder>', 'folder of the rendered files in that repository; default deploy/<environment>')
    .option('--json', 'print the report as one line of JSON')
    .action(async (options: Options) => {
      const { imageTags, outputsSource, render } = await import('../../lib/workloads/render.ts');
      const report = await render({
        environment: options.environment,
        out: options.out,
        tagsOf: (services) => imageTags(services, root),
        outputs: outputsSource(options.fromStack),
        source: {
          repository: options.repository,
          revision: options.revision,
          path: options.path ?? `deploy/${options.environment}`,
        },
      });
      if (options.json) {
        process.stdout.write(`${JSON.stringify(report)}\n`);
        return;
      }
      for (const { name, files, tag } of report.services)
        process.stdout.write(`${name.padEnd(16)} ${files} files, image tag ${tag.slice(0, 12)}\n`);
      if (report.owner !== 'gitops')
        process.stdout.write(
          `cdk deploy owns these objects (lib/environments.ts: ${report.environment}.workloads), so the Argo CD Application only compares\n`,
        );
      for (const file of report.removed) process.stdout.write(`removed ${file}\n`);
      if (report.placeholders.length > 0)
        process.stdout.write(
          `${report.placeholders.length} values are known only after a deployment and stand as \${stack:NAME}; fill them with --from-stack\n`,
        );
    });

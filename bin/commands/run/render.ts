import { root } from '../../../lib/checkout.ts';
import { imageTags, outputsSource, type RenderReport, render } from '../../../lib/workloads/render.ts';
import { print } from '../../command-line/print.ts';
import type { RenderFlags } from '../render.ts';

const linesOf = ({ environment, owner, services, removed, placeholders }: RenderReport): string[] => [
  ...services.map(({ name, files, tag }) => `${name.padEnd(16)} ${files} files, image tag ${tag.slice(0, 12)}`),
  ...(owner === 'gitops'
    ? []
    : [
        `cdk deploy owns these objects (lib/environments.ts: ${environment}.workloads), so the Argo CD Application only compares`,
      ]),
  ...removed.map((file) => `removed ${file}`),
  ...(placeholders.length === 0
    ? []
    : [
        `${placeholders.length} values are known only after a deployment and stand as \${stack:NAME}; fill them with --from-stack`,
      ]),
];

/** Writes the files of one environment and prints what they hold. */
export const runRender = async (flags: RenderFlags): Promise<void> => {
  const { environment, out, fromStack, repository, revision, path = `deploy/${environment.name}`, json } = flags;
  const report = await render({
    environment,
    out,
    tagsOf: (services) => imageTags(services, root),
    outputs: outputsSource(fromStack),
    source: { repository, revision, path },
  });
  print(json, report, () => linesOf(report));
};

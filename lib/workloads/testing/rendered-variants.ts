import { environments } from '../../environments.ts';
import { placeholderOf } from '../../outputs/stack-outputs.ts';
import { services } from '../../services.ts';
import { environmentValues, type OutputOf } from '../environment-values.ts';
import { type ManifestFiles, manifestFiles } from '../manifest-files.ts';

/** What a deployment of this shape would have left behind. */
const deployedValue: OutputOf = (name) => {
  if (name === 'CertificateArn') return 'arn:aws:acm:us-east-1:111122223333:certificate/0f1e2d3c';
  if (name === 'WebAclArn') return 'arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/0f1e2d3c';
  if (name.startsWith('Repository'))
    return `111122223333.dkr.ecr.us-east-1.amazonaws.com/cloudmart/${name.toLowerCase()}`;
  return `${name.toLowerCase()}.internal.example:5432`;
};

const tags = Object.fromEntries(services.map(({ name }) => [name, '0123456789abcdef']));

/** Every environment as it is rendered before (`unfilled`) and after (`filled`) its deployment. */
export const renderedVariants: readonly {
  readonly name: string;
  readonly environment: string;
  readonly files: ManifestFiles;
}[] = environments.flatMap((environment) =>
  (
    [
      ['unfilled', placeholderOf],
      ['filled', deployedValue],
    ] as const
  ).map(([state, outputOf]) => ({
    name: `${environment.name}, ${state}`,
    environment: environment.name,
    files: manifestFiles(services, environmentValues(environment, services, tags, outputOf), {
      repository: 'https://git.example/shop.git',
      revision: 'main',
      path: `deploy/${environment.name}`,
      owns: state === 'filled',
    }),
  })),
);

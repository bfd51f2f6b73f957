/** The bill of materials of a bundle (CycloneDX 1.6): the packages that are really inside, and their licences. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import type { Bundle } from '../../bundle/bundle.ts';

type Package = { readonly name: string; readonly version: string; readonly license: string | undefined };

/** Licences that ask for no more than being named. Sources: the licences' own texts, https://spdx.org/licenses/. */
const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];

const readPackage = async (root: string, folder: string): Promise<Package> => {
  const file = path.join(root, folder, 'package.json');
  const { name, version, license, licenses } = JSON.parse(await readFile(file, 'utf8')) as {
    name: string;
    version: string;
    license?: string | { type: string };
    licenses?: readonly { type: string }[];
  };
  // The object and the list are how packages of before 2014 say it.
  const said = typeof license === 'object' ? license.type : (license ?? licenses?.map(({ type }) => type).join(' OR '));
  return { name, version, license: said };
};

const isPermissive = (license: string) => {
  const choices = license.replaceAll(/[()]/g, '').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((one) => PERMISSIVE.includes(one)));
};

const componentOf = ({ name, version, license }: Package) => {
  const [group, short] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const component = new Models.Component(Enums.ComponentType.Library, short ?? name, {
    group,
    version,
    bomRef: `${name}@${version}`,
    purl: new PackageURL('npm', group, short, version).toString(),
  });
  if (license !== undefined)
    component.licenses.add(
      new Contrib.License.Factories.LicenseFactory(() => / (OR|AND) /.test(license)).makeFromString(license),
    );
  return component;
};

/** Packages inside the bundle, sorted by name and version. Throws one sentence for a licence that is not permissive. */
export const packagesOf = async ({ service, parts }: Bundle, root: string): Promise<Package[]> => {
  const folders = parts.map(({ folder }) => folder).filter((folder) => folder.includes('node_modules/'));
  const read = await Promise.all(folders.map((folder) => readPackage(root, folder)));
  const packages = [...new Map(read.map((one) => [`${one.name}@${one.version}`, one])).entries()].sort();
  for (const [id, { license }] of packages)
    if (license === undefined || !isPermissive(license))
      throw new Error(
        `${id} in the bundle of ${service} has ${license === undefined ? 'no licence' : `the licence ${license}`}, which is not known as permissive; replace the package, or add the licence in lib/release/proof/sbom.ts`,
      );
  return packages.map(([, one]) => one);
};

/**
 * Writes `<into>/<service>.cdx.json`, and `<into>/<service>.licences.txt` with one package a line. The same bundle gives the same
 * bytes: neither holds a time or a number made by chance.
 */
export const writeSbom = async (
  bundle: Bundle,
  { root, into }: { readonly root: string; readonly into: string },
): Promise<void> => {
  const packages = await packagesOf(bundle, root);
  const service = new Models.Component(Enums.ComponentType.Application, bundle.service, {
    group: 'cloudmart',
    version: bundle.hash,
    bomRef: bundle.service,
  });
  service.licenses.add(new Models.SpdxLicense('Apache-2.0'));
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: service }) });
  for (const one of packages) {
    const component = componentOf(one);
    bom.components.add(component);
    service.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  const text = serializer.serialize(bom, { sortLists: true, space: 1 });
  await writeFile(path.join(into, `${bundle.service}.cdx.json`), `${text}\n`);
  const lines = packages.map(({ name, version, license }) => `${name} ${version} ${license}\n`);
  await writeFile(path.join(into, `${bundle.service}.licences.txt`), lines.join(''));
};

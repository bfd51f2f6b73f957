/** Removes a service that a shop does without. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { consumedTopics, type ServiceManifest } from '../../services/kit/manifest.ts';
import { observedBy } from '../../services/kit/observation.ts';
import type { Environment } from '../environment/environment.ts';
import { outputOf } from '../run-program.ts';

export type DroppedService = {
  readonly name: string;
  /** Tests elsewhere that import from the service and went with it. */
  readonly tests: readonly string[];
};

/** Why the shop cannot do without it, one sentence each. */
const needs = (
  service: ServiceManifest,
  others: readonly ServiceManifest[],
  environments: readonly Pick<Environment, 'name' | 'configuration'>[],
): string[] => {
  const topics = Object.keys(service.publishes);
  const tables = Object.keys(service.owns.tables ?? {});
  const ofOthers = others.flatMap((other) => [
    ...(other.calls.includes(service.name) ? [`services/${other.name}/manifest.ts calls it`] : []),
    ...consumedTopics(other)
      .filter((topic) => topics.includes(topic))
      .map((topic) => `services/${other.name}/manifest.ts consumes its topic "${topic}"`),
    ...(other.follows ?? [])
      .filter((table) => tables.includes(table))
      .map((table) => `services/${other.name}/manifest.ts follows its table "${table}"`),
    ...Object.values(observedBy(other))
      .flat()
      .filter((thing) => [...topics, ...tables, service.owns.database].includes(thing))
      .map((thing) => `services/${other.name}/manifest.ts observes its "${thing}"`),
  ]);
  return [
    ...(service.public ? ['it is the door by which customers come'] : []),
    ...ofOthers,
    ...environments
      .filter(({ configuration }) => Object.hasOwn(configuration, service.name))
      .map(({ name }) => `lib/environments.ts configures it for ${name}`),
  ];
};

/** The service of a name. Throws one sentence that names those there are. */
export const declaredService = (name: string, services: readonly ServiceManifest[]): ServiceManifest => {
  const service = services.find((one) => one.name === name);
  if (!service)
    throw new Error(`there is no service "${name}"; known are ${services.map((one) => one.name).join(', ')}`);
  return service;
};

const camelCase = (name: string) => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The list of services without one of them. Throws one sentence when the list has lost its shape. */
const undeclare = (text: string, name: string): string => {
  const line = new RegExp(`^import \\{ manifest as \\w+ \\} from '\\.\\./services/${name}/manifest\\.ts';\\n`, 'm');
  const list = /(const declared: readonly ServiceManifest\[\] = \[)([^\]]*)(\];)/;
  const entry = new RegExp(`\\b${camelCase(name)}\\b,?\\s*`);
  if (!line.test(text) || !entry.test(list.exec(text)?.[2] ?? ''))
    throw new Error(`lib/services.ts does not declare "${name}" as new-service does; remove it there by hand`);
  return text
    .replace(line, '')
    .replace(list, (_, head: string, names: string, tail: string) => `${head}${names.replace(entry, '')}${tail}`);
};

const importLine = /^import (?:type )?\{?([^}'"]*)\}? from '(\.[^']+)';\n/gm;

type Imported = { readonly line: string; readonly file: string; readonly names: readonly string[] };

/** What a file imports by a path, as files of the repository. */
const importsOf = (file: string, text: string): Imported[] =>
  [...text.matchAll(importLine)].map(([line, names = '', specifier = '']) => ({
    line,
    file: path.posix.join(path.posix.dirname(file), specifier),
    names: names.split(',').flatMap((name) => name.trim().split(' ').at(-1) || []),
  }));

/** A list without what it spreads of files that went; undefined where the file does more with it than to list it. */
const unlist = (text: string, gone: readonly Imported[]): string | undefined => {
  let left = gone.reduce((rest, { line }) => rest.replace(line, ''), text);
  for (const name of gone.flatMap(({ names }) => names)) {
    const spread = new RegExp(`\\.\\.\\.${name}\\b,?\\s*`);
    if (!spread.test(left)) return undefined;
    left = left.replace(spread, '');
    if (new RegExp(`\\b${name}\\b`).test(left.replace(importLine, ''))) return undefined;
  }
  return left;
};

type Needing = {
  /** Tests that cannot be without the service, those that stand on them, and what only tests use. */
  readonly removed: readonly string[];
  /** Lists of such files, as they are without them. */
  readonly shortened: ReadonlyMap<string, string>;
};

/** What of the tests beside other code goes with a service. */
const testsThatNeed = async (root: string, name: string): Promise<Needing> => {
  const listed = await outputOf('git', ['ls-files', '--', 'lib', 'bin', 'services', '.config'], { cwd: root });
  const files = listed
    .split('\n')
    .filter((file) => /\.test\.ts$|\/testing\/.*\.ts$|^services\/acceptance\/.*\.ts$/.test(file))
    .filter((file) => !file.startsWith(`services/${name}/`));
  const texts = new Map<string, string>();
  for (const file of files) texts.set(file, await readFile(path.join(root, file), 'utf8'));
  const removed = new Set<string>();
  const shortened = new Map<string, string>();
  for (let before = -1; before !== removed.size; ) {
    before = removed.size;
    for (const [file, text] of texts) {
      const gone = importsOf(file, text).filter(
        (one) => one.file.startsWith(`services/${name}/`) || removed.has(one.file),
      );
      if (removed.has(file) || (gone.length === 0 && !text.includes(`/services/${name}/`))) continue;
      const list = text.includes(`/services/${name}/`) ? undefined : unlist(text, gone);
      if (list === undefined) removed.add(file);
      else shortened.set(file, list);
    }
  }
  for (const file of removed) shortened.delete(file);
  return { removed: [...removed].toSorted(), shortened };
};

/**
 * Removes the folder of a service, its declaration and the tests that import from it. Throws one sentence, and changes nothing,
 * for an unknown service, for the public one, or for one that others call, consume from or follow, or that an environment configures.
 */
export const dropService = async (
  root: string,
  name: string,
  services: readonly ServiceManifest[],
  environments: readonly Pick<Environment, 'name' | 'configuration'>[] = [],
): Promise<DroppedService> => {
  const service = declaredService(name, services);
  const reasons = needs(
    service,
    services.filter((one) => one !== service),
    environments,
  );
  if (reasons.length > 0) throw new Error(`"${name}" cannot be dropped: ${reasons.join('; ')}`);
  const list = path.join(root, 'lib/services.ts');
  const declared = undeclare(await readFile(list, 'utf8'), name);
  const { removed, shortened } = await testsThatNeed(root, name);

  await writeFile(list, declared);
  for (const [file, text] of shortened) await writeFile(path.join(root, file), text);
  for (const file of [`services/${name}`, ...removed])
    await rm(path.join(root, file), { recursive: true, force: true });
  return { name, tests: removed };
};

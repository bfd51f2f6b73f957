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

/** Files of the repository that a file imports, by their paths from its root. */
const importsOf = (file: string, text: string): string[] =>
  [...text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(([, specifier = '']) =>
    path.posix.join(path.posix.dirname(file), specifier),
  );

/** Tests beside other code that cannot be without the service, and those that stand on them. */
const testsThatNeed = async (root: string, name: string): Promise<string[]> => {
  const listed = await outputOf('git', ['ls-files', 'lib', 'bin', 'services/acceptance'], { cwd: root });
  const tests = listed
    .split('\n')
    .filter((file) => /\.test\.ts$|\/testing\/.*\.ts$|^services\/acceptance\/.*\.ts$/.test(file));
  const imports = await Promise.all(
    tests.map(async (file) => [file, importsOf(file, await readFile(path.join(root, file), 'utf8'))] as const),
  );
  const needing = new Set<string>();
  const isGone = (file: string) => needing.has(file) || file.startsWith(`services/${name}/`);
  for (let known = -1; known < needing.size; ) {
    known = needing.size;
    for (const [file, imported] of imports) if (imported.some(isGone)) needing.add(file);
  }
  return [...needing].toSorted();
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
  const tests = await testsThatNeed(root, name);

  await writeFile(list, declared);
  for (const file of [`services/${name}`, ...tests]) await rm(path.join(root, file), { recursive: true, force: true });
  return { name, tests };
};

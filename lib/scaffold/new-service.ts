/** Makes a service of the standard shape from the template beside this file. */
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transform } from 'esbuild';
import type { ServiceManifest } from '../../services/kit/manifest.ts';

/** Ports of services begin here; 8080 and what lies above belong to the gateway and the peers of the local run. */
const firstPort = 8000;
const reservedFrom = 8080;

const reservedNames: ReadonlySet<string> = new Set([
  'kit',
  'site-kit',
  'contracts',
  'acceptance',
  'events',
  'postgres',
  'template0',
  'template1',
  'relay',
]);

export type NewService = {
  readonly name: string;
  readonly port: number;
  readonly database: string;
  readonly files: readonly string[];
};

const camelCase = (name: string) => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const freePort = (services: readonly ServiceManifest[]): number => {
  const taken = new Set(services.flatMap(({ ports }) => Object.values(ports)));
  for (let port = firstPort; port < reservedFrom; port++) if (!taken.has(port)) return port;
  throw new Error(`no port from ${firstPort} to ${reservedFrom - 1} is free; change a manifest by hand`);
};

/** Refuses a name that cannot be a DNS label, is taken, or would clash with something that is not a service. */
export const checkName = (name: string, services: readonly ServiceManifest[]): void => {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length < 3 || name.length > 32)
    throw new Error(
      `"${name}" cannot name a service; use 3 to 32 of a-z, 0-9 and single "-", starting with a letter, such as "wishlist"`,
    );
  if (reservedNames.has(name) || name in {})
    throw new Error(`"${name}" is taken by the platform itself; choose another name`);
  if (services.some((service) => service.name === name || service.owns.database === databaseOf(name)))
    throw new Error(`a service or database "${name}" exists already; choose another name`);
};

const databaseOf = (name: string) => name.replaceAll('-', '_');

const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`the template names {{${key}}}, which is not known`);
    return value;
  });

/** Refuses a name that would leave a file behind which does not parse, such as one of the language's own words. */
const requireSources = async (name: string, sources: readonly (readonly [file: string, text: string])[]) => {
  for (const [file, text] of sources.filter(([path]) => path.endsWith('.ts')))
    await transform(text, { loader: 'ts', format: 'esm', logLevel: 'silent' }).catch((problem: Error) => {
      const [, first = problem.message] = problem.message.split('\n');
      throw new Error(
        `"${name}" cannot name a service: ${file} would not compile (${first.replace(/^.*ERROR: /, '')}); choose another name`,
      );
    });
};

/** Adds the import and the entry, in the order that the formatter keeps. */
const declare = (text: string, name: string): string => {
  const line = `import { manifest as ${camelCase(name)} } from '../services/${name}/manifest.ts';`;
  const imports = [...text.matchAll(/^import .* from '\.\.\/services\/.*';$/gm)].map(([found]) => found);
  const [first] = imports;
  const entries = /(const declared: readonly ServiceManifest\[\] = \[)([^\]]*)(\];)/;
  if (!first || !entries.test(text))
    throw new Error('lib/services.ts has lost its imports or its list "declared"; add the service by hand');
  if (new RegExp(`\\b${camelCase(name)}\\b`).test(text))
    throw new Error(`"${name}" is taken by lib/services.ts itself, which uses ${camelCase(name)}; choose another name`);
  const source = (statement: string) => /from '(.*)'/.exec(statement)?.[1] ?? '';
  const sorted = [...imports, line].toSorted((a, b) => (source(a) < source(b) ? -1 : 1));
  const withoutImports = imports.slice(1).reduce((rest, found) => rest.replace(`${found}\n`, ''), text);
  return withoutImports
    .replace(first, sorted.join('\n'))
    .replace(
      entries,
      (_, head: string, list: string, tail: string) =>
        `${head}${list.trimEnd().replace(/,$/, '')}, ${camelCase(name)}${tail}`,
    );
};

/** Writes the service and declares it. Throws, and writes nothing, when the name will not do or the folder exists. */
export const createService = async (
  root: string,
  name: string,
  services: readonly ServiceManifest[],
): Promise<NewService> => {
  checkName(name, services);
  const folder = path.join(root, 'services', name);
  if (
    await access(folder).then(
      () => true,
      () => false,
    )
  )
    throw new Error(`services/${name} exists already; remove it or choose another name`);
  const port = freePort(services);
  const database = databaseOf(name);
  const values = { name, camel: camelCase(name), database, port: String(port) };

  const template = path.join(import.meta.dirname, 'template');
  const sources = (await readdir(template, { recursive: true })).filter((file) => file.endsWith('.tmpl')).toSorted();
  const contents = await Promise.all(
    sources.map(
      async (file) =>
        [
          path.join('services', name, file.replace(/\.tmpl$/, '')),
          fill(await readFile(path.join(template, file), 'utf8'), values),
        ] as const,
    ),
  );
  const list = path.join(root, 'lib/services.ts');
  const declared = declare(await readFile(list, 'utf8'), name);
  await requireSources(name, [...contents, ['lib/services.ts', declared]]);

  for (const [file, content] of contents) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), content);
  }
  await writeFile(list, declared);
  return { name, port, database, files: contents.map(([file]) => file) };
};

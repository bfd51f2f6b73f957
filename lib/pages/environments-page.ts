/** `docs/environments.md`: every value that differs between environments, what it means and what is allowed. */
import { z } from 'zod';
import { type Environment, environmentShape } from '../environment/environment.ts';

type Schema = {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
};

const cell = (text: string) => text.replaceAll('|', '\\|');

const allowed = ({
  type,
  enum: values,
  minimum,
  maximum,
  multipleOf,
  pattern,
  format,
  items,
}: Schema & { readonly multipleOf?: number }): string => {
  if (values) return values.map(String).join(', ');
  if (type === 'array' && items) return `list of ${allowed(items)}`;
  if (type === 'boolean') return 'true, false';
  if (minimum !== undefined && maximum !== undefined)
    return `${minimum} to ${maximum}${multipleOf ? `, in steps of ${multipleOf}` : ''}`;
  if (format) return format;
  return pattern ? `\`${pattern}\`` : 'text per service';
};

const shown = (value: unknown): string => {
  if (value === undefined) return '-';
  if (Array.isArray(value)) return value.length > 0 ? value.join(', ') : 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

const valueAt = (environment: Environment, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], environment);

const rows = (schema: Schema, path: readonly string[], environments: readonly Environment[]): string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (inner.properties) return rows(inner, here, environments);
    const values = environments.map((environment) => cell(shown(valueAt(environment, here))));
    return [
      `| \`${here.join('.')}\` | ${values.join(' | ')} | ${cell(inner.description ?? '')} | ${cell(allowed(inner))} |`,
    ];
  });

/** The page as Markdown. */
export const environmentsPage = (environments: readonly Environment[]): string => {
  const schema = z.toJSONSchema(environmentShape) as Schema;
  const parts = Object.entries(schema.properties ?? {});
  const head = `| value | ${environments.map(({ name }) => name).join(' | ')} | meaning | allowed |\n| --- |${environments.map(() => ' --- |').join('')} --- | --- |`;
  const single = parts.filter(([, inner]) => !inner.properties);
  const groups = parts.filter(([, inner]) => inner.properties);
  return [
    '# Environments',
    '',
    'Written by `npx cloudmart pages` from `lib/environment/environment.ts` and `lib/environments.ts`. Change those, then run it again.',
    'A dash means that an environment leaves the value out.',
    '',
    head,
    ...rows({ properties: Object.fromEntries(single) }, [], environments),
    ...groups.flatMap(([name, inner]) => [
      '',
      `## ${name}`,
      '',
      inner.description ?? '',
      '',
      head,
      ...rows(inner, [name], environments),
    ]),
    '',
  ].join('\n');
};

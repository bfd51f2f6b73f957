/** A synthesized CloudFormation template, as rules, pages and snapshots read it. */

export type Resource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
};

export type Template = {
  readonly Description?: string;
  readonly Resources?: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
};

/** A stack's template and what the rule must know about the stack. */
export type StackTemplate = {
  /** Id of the stack inside its environment, for example `Database`. */
  readonly stack: string;
  readonly environment: string;
  /** Whether the environment keeps its data when it is torn down. */
  readonly isProtected: boolean;
  /** Whether the environment names the AWS account that it lives in; default false. */
  readonly namesAccount?: boolean;
  readonly path: string;
  readonly template: Template;
};

/** The stack of an environment by its name. Throws with those that there are. */
export const stackNamed = <Stack extends Pick<StackTemplate, 'environment' | 'stack'>>(
  stacks: readonly Stack[],
  environment: string,
  stack: string,
): Stack => {
  const own = stacks.filter((one) => one.environment === environment);
  const found = own.find((one) => one.stack === stack);
  if (found) return found;
  throw new Error(`${environment} has no stack ${stack}; it has ${own.map((one) => one.stack).join(', ')}`);
};

export type ResourceEntry = {
  readonly logicalId: string;
  readonly resource: Resource;
  readonly properties: Readonly<Record<string, unknown>>;
};

/** Resources of a template whose type matches, in the order of the template. */
export const resourcesOf = ({ Resources = {} }: Template, type: string | RegExp): ResourceEntry[] =>
  Object.entries(Resources)
    .filter(([, { Type }]) => (typeof type === 'string' ? Type === type : type.test(Type)))
    .map(([logicalId, resource]) => ({ logicalId, resource, properties: resource.Properties ?? {} }));

/** Value at a path of keys, or undefined. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined | null)?.[key], value);

/** The list at a value; a single value counts as a list of one, nothing as none. */
export const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

const intrinsics: ReadonlyMap<string, (value: never) => string> = new Map(
  Object.entries<(value: never) => string>({
    Ref: (name: string) => `<${name.replace('AWS::', '')}>`,
    'Fn::GetAtt': (parts: readonly string[]) => `<${parts.join('.')}>`,
    'Fn::GetStackOutput': ({ StackName, OutputName }: { StackName: string; OutputName: string }) =>
      `<${StackName}.${OutputName}>`,
    'Fn::ImportValue': (value: unknown) => `<${textOf(value)}>`,
    'Fn::Join': ([separator, parts]: readonly [string, readonly unknown[]]) => parts.map(textOf).join(separator),
    'Fn::Select': ([index, list]: readonly [number, unknown]) =>
      Array.isArray(list) ? textOf(list[index]) : `${textOf(list)}[${index}]`,
    'Fn::Split': ([separator, value]: readonly [string, unknown]) => `split(${separator},${textOf(value)})`,
    'Fn::Sub': (value: unknown) => textOf(Array.isArray(value) ? value[0] : value),
  }),
);

/** A value as one readable text: intrinsic functions become `<Name.Attribute>`. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, inner] = []] = Object.entries(value);
  const write = name === undefined ? undefined : intrinsics.get(name);
  return write && Object.keys(value).length === 1 ? write(inner as never) : JSON.stringify(value);
};

/** Every string inside a value with the path to it. */
export const stringsIn = function* (value: unknown, path = ''): Generator<readonly [path: string, text: string]> {
  if (typeof value === 'string') yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) yield* stringsIn(child, path ? `${path}.${key}` : key);
};

export type PolicyStatementJson = {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: unknown;
};

/** Statements of every identity policy and role, with the resource that holds them. */
export const identityStatements = (
  template: Template,
): { readonly entry: ResourceEntry; readonly statement: PolicyStatementJson }[] =>
  resourcesOf(template, /^AWS::IAM::(Policy|ManagedPolicy|Role)$/).flatMap((entry) => {
    const documents = [
      entry.properties['PolicyDocument'],
      ...listOf(entry.properties['Policies']).map((policy) => at(policy, 'PolicyDocument')),
    ];
    return documents
      .flatMap((document) => listOf(at(document, 'Statement')))
      .map((statement) => ({ entry, statement: statement as PolicyStatementJson }));
  });

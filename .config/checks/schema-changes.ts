/** What a change of a JSON Schema would do to those who were built with the old one. */

/** `event`: read by services with the old schema. `answer`: read by clients, who skip what they do not know. `request`: written by them. */
export type Use = 'event' | 'answer' | 'request';
export type Schema = { readonly [key: string]: unknown };

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const schemasIn = (value: unknown): Readonly<Record<string, Schema>> =>
  isSchema(value) ? (value as Readonly<Record<string, Schema>>) : {};
const wordsIn = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const valuesOf = (schema: Schema) => (schema['const'] === undefined ? wordsIn(schema['enum']) : [schema['const']]);
const alternativesOf = (schema: Schema) => (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;

/** Those of the first list that the second has not. */
const beyond = (one: readonly unknown[], other: readonly unknown[]) => one.filter((value) => !other.includes(value));

const propertyChanges = (before: Schema, after: Schema, use: Use, at: string): string[] => {
  const [old, fresh] = [schemasIn(before['properties']), schemasIn(after['properties'])];
  const [wasRequired, isRequired] = [wordsIn(before['required']), wordsIn(after['required'])];
  const inBoth = Object.keys(old).filter((name) => Object.hasOwn(fresh, name));
  const added = beyond(Object.keys(fresh), Object.keys(old)).map(String);
  const isStrict = before['additionalProperties'] === false;
  return [
    ...beyond(Object.keys(old), Object.keys(fresh)).map((name) => `${at}.${name} is gone`),
    ...(use === 'request'
      ? beyond(isRequired, wasRequired).map((name) => `${at}.${name} must be given now`)
      : beyond(wasRequired, isRequired)
          .filter((name) => Object.hasOwn(fresh, String(name)))
          .map((name) => `${at}.${name} may be absent now`)),
    ...(use === 'event' && isStrict ? added.map((name) => `${at}.${name} is new, and ${at} takes no more`) : []),
    ...inBoth.flatMap((name) => schemaChanges(old[name] ?? {}, fresh[name] ?? {}, use, `${at}.${name}`)),
  ];
};

/** Every way in which the new schema breaks who was built with the old one, each as a sentence that begins with the place. */
export const schemaChanges = (before: Schema, after: Schema, use: Use, at: string): string[] => {
  /** Who writes must stay inside of what the reader takes. */
  const [written, read] = use === 'request' ? [before, after] : [after, before];
  const [writes, reads] = [alternativesOf(written), alternativesOf(read)];
  if (writes || reads) {
    const fits = (one: Schema, other: Schema) =>
      use === 'request' ? schemaChanges(one, other, use, at) : schemaChanges(other, one, use, at);
    const taken = reads ?? [read];
    return (writes ?? [written]).every((one) => taken.some((other) => fits(one, other).length === 0))
      ? []
      : [`${at} has other alternatives`];
  }
  const [wrote, takes] = [wordsIn(written['type']), wordsIn(read['type'])];
  if (
    takes.length > 0 &&
    !wordsIn(written['type']).every((type) => takes.includes(type) || (type === 'integer' && takes.includes('number')))
  )
    return [`${at} was ${wordsIn(before['type']).join(' or ')} and is ${wordsIn(after['type']).join(' or ')}`];
  if (takes.length > 0 && wrote.length === 0) return [`${at} was ${String(before['type'])} and may be anything`];
  const known = valuesOf(read);
  const unknown = known.length === 0 ? [] : beyond(valuesOf(written), known);
  const isOpened = known.length > 0 && valuesOf(written).length === 0;
  return [
    ...unknown.map((value) => (use === 'request' ? `${at} no longer takes ${value}` : `${at} may be ${value} now`)),
    ...(isOpened ? [`${at} ${use === 'request' ? 'takes only some values now' : 'may be any value now'}`] : []),
    ...propertyChanges(before, after, use, at),
    ...(isSchema(before['items']) && isSchema(after['items'])
      ? schemaChanges(before['items'], after['items'], use, `${at}[]`)
      : []),
  ];
};

/** Compares long lists so that a failure can be read: jest's own difference has a line for each item. */

type Item = string | number;

/** Items that a sentence names; the count tells the rest. */
const named = 3;

const some = (items: readonly Item[]) =>
  `${items.slice(0, named).join(', ')}${items.length > named ? ` and ${items.length - named} more` : ''}`;

/** Items of `list` that `other` has not, as often as it has not. */
const without = (list: readonly Item[], other: readonly Item[]) => {
  const left = new Map<Item, number>();
  for (const item of other) left.set(item, (left.get(item) ?? 0) + 1);
  return list.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
};

/**
 * How a list differs from what it should be, in at most three short sentences; none if they are equal, order included.
 * `expect(listDifferences(numbers, upTo(5_000))).toEqual([])`.
 */
export const listDifferences = (actual: readonly Item[], expected: readonly Item[]): string[] => {
  const missing = without(expected, actual);
  const extra = without(actual, expected);
  const differences = [
    ...(missing.length > 0 ? [`lacks ${missing.length} of ${expected.length}: ${some(missing)}`] : []),
    ...(extra.length > 0 ? [`has ${extra.length} too many: ${some(extra)}`] : []),
  ];
  if (differences.length > 0) return differences;
  const at = actual.findIndex((item, index) => item !== expected[index]);
  return at === -1 ? [] : [`is in another order: ${actual[at]} stands where ${expected[at]} should, at place ${at}`];
};

type Lists = Readonly<Record<string, readonly Item[]>>;

/** How lists by key differ from what they should be, in at most a few short sentences; none if they are equal. */
export const differencesByKey = (actual: Lists, expected: Lists): string[] => {
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  const all = keys.flatMap((key) =>
    listDifferences(actual[key] ?? [], expected[key] ?? []).map((difference) => `${key} ${difference}`),
  );
  return all.length > named ? [...all.slice(0, named), `and ${all.length - named} differences more`] : all;
};

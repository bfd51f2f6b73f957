/**
 * Does something for each of several that have nothing to do with one another: one that fails is in the way of no other. Throws what
 * failed once all were tried, so that the job that asked fails and is seen.
 */
export const eachOne = async <Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> => {
  const problems: unknown[] = [];
  for (const item of items) await work(item).catch((problem: unknown) => problems.push(problem));
  if (problems.length > 1) {
    const [first] = problems;
    const said = first instanceof Error ? first.message : String(first);
    throw new AggregateError(problems, `${problems.length} of ${items.length} failed, the first one: ${said}`);
  }
  if (problems.length === 1) throw problems[0];
};

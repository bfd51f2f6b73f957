/**
 * Waits for all, also where one fails, and then throws the first failure of the list. `Promise.all` throws at the first failure in time,
 * while the others still write into the folder that its caller then removes: what is told is that the folder is not empty.
 */
export const waitForAll = async <Results extends readonly unknown[] | []>(
  work: Results,
): Promise<{ -readonly [Key in keyof Results]: Awaited<Results[Key]> }> => {
  await Promise.allSettled(work);
  return Promise.all(work);
};

/**
 * Bytes of JSON that the items of one page have together: half of the largest answer between services, so that a page of what
 * contracts allow can always be sent.
 */
const largestPageBytes = 512 * 1024;

const bytesOf = (item: unknown) => Buffer.byteLength(JSON.stringify(item));

/**
 * A page of what was found, where one more than `limit` was asked for: as many items as may be and as fit into 512 KiB, at least one.
 * `hasMore` tells whether any were left out, for whichever reason.
 */
export const fitPage = <Item>(
  found: readonly Item[],
  limit: number,
): { readonly items: Item[]; readonly hasMore: boolean } => {
  let bytes = 0;
  const end = found.slice(0, limit).findIndex((item, at) => {
    bytes += bytesOf(item);
    return at > 0 && bytes > largestPageBytes;
  });
  const items = found.slice(0, end === -1 ? limit : end);
  return { items, hasMore: found.length > items.length };
};

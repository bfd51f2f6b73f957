/** Rows that are still on their way. */
export const RowSkeletons = () =>
  Array.from({ length: 8 }, (_, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
    <span key={at} className="skeleton row" />
  ));

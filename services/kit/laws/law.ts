/** What must be true of the data, whatever crashed on the way. Names and numbers are those of docs/laws.md. */

export type Row = Record<string, unknown>;

/** Reads rows from one service's database. */
export type Read = <R extends Row = Row>(text: string, values?: readonly unknown[]) => Promise<R[]>;

export type AcceptedOrder = { readonly orderId: string; readonly idempotencyKey: string; readonly total: number };

/** Where the facts are that databases hold. A law reads; nothing here can write. */
export type StoredFacts = {
  readonly orders: Read;
  readonly products: Read;
  readonly payments: Read;
  /** What a client was promised: orders answered with 201, as its own history has them. */
  readonly promises: readonly AcceptedOrder[];
  readonly now: Date;
  /** Seconds after which unfinished work counts as stuck. */
  readonly limitSeconds: number;
};

export type Violation = { readonly subject: string; readonly detail: string };

export type LawResult = {
  /** How many things were looked at. */
  readonly checked: number;
  readonly violations: readonly Violation[];
};

export type Law<Facts = StoredFacts> = {
  readonly id: string;
  readonly sentence: string;
  /** `always`: also while faults happen. `quiet`: once the platform has had time to finish. */
  readonly when: 'always' | 'quiet';
  readonly check: (facts: Facts) => Promise<LawResult>;
};

/** Laws by their numbers. */
export const inOrder = <L extends { readonly id: string }>(laws: readonly L[]): L[] =>
  laws.toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));

/** A finding over rows of which each is a violation; `count` says how many there were to break the law. */
export const lawResult = <R extends Row>(
  checked: number,
  broken: readonly R[],
  subject: (row: R) => string,
  detail: (row: R) => string,
): LawResult => ({
  checked,
  violations: broken.map((row) => ({ subject: subject(row), detail: detail(row) })),
});

export const countOf = async (read: Read, table: string): Promise<number> => {
  const [row] = await read<{ count: string }>(`SELECT count(*) AS count FROM ${table}`);
  return Number(row?.count ?? 0);
};

/** Rows of one page. */
const pageSize = 500;

/**
 * All rows of a statement, a page at a time, so that no law holds a whole table.
 * @param text with the rows behind `$1`, in the order of `key`, at most `$2`
 * @param key column that differs in every row
 */
export async function* pagesOf<R extends Row>(
  read: Read,
  text: string,
  key: string & keyof R,
): AsyncGenerator<readonly R[]> {
  for (let after = ''; ; ) {
    const rows = await read<R>(text, [after, pageSize]);
    if (rows.length > 0) yield rows;
    if (rows.length < pageSize) return;
    after = String(rows.at(-1)?.[key]);
  }
}

/** Prefixes that belong to the platform: a name that starts with one and is not known is a mistake. */
const ownNamespaces = [
  'DATABASE_',
  'TABLE_',
  'BUCKET_',
  'CACHE_',
  'EVENTS_',
  'MAIL_',
  'SENT_MAILS_',
  'CHAT_',
  'CALL_SECRET_',
];

/** Edit distance with transpositions (optimal string alignment). */
const distance = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : replaced;
      row.push(Math.min(at(i - 1, j) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped));
    }
  }
  return at(a.length, b.length);
};

/**
 * One line for each name that looks meant for this service but is not one of its variables: it lies in a namespace of
 * the platform, or is a slip of the pen (one edit; two in names of 12 characters or more) away from a variable.
 */
export const unknownNames = (names: readonly string[], known: ReadonlySet<string>): string[] =>
  names.flatMap((name) => {
    if (known.has(name) || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return [];
    const upper = name.toUpperCase();
    const near = [...known].find((candidate) => {
      const allowed = candidate.length >= 12 ? 2 : 1;
      return Math.abs(candidate.length - upper.length) <= allowed && distance(upper, candidate) <= allowed;
    });
    if (near) return [`${name}: is not a variable of this service; did you mean ${near}?`];
    if (ownNamespaces.some((prefix) => name.startsWith(prefix)))
      return [`${name}: is not a variable of this service; remove it or declare it in manifest.ts`];
    return [];
  });

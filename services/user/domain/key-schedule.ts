/**
 * When each signing key signs. A key is published long before it signs and stays published after it, so no verifier
 * ever meets an unknown key; every process switches by the clock, so replicas need not agree on anything else.
 */
export type KeyTimes = {
  readonly kid: string;
  /** From then on the key signs, until the next one does. */
  readonly signsFrom: Date;
};

const hourMs = 3_600_000;
/** 30 days. */
const periodMs = 30 * 24 * hourMs;
/** Verifiers keep the published keys for 10 minutes; an hour leaves room for clocks that differ. */
const leadMs = hourMs;

const later = (times: readonly KeyTimes[], than: Date) => times.filter(({ signsFrom }) => signsFrom > than);
const byAge = (a: KeyTimes, b: KeyTimes) => b.signsFrom.getTime() - a.signsFrom.getTime() || (a.kid < b.kid ? 1 : -1);

/** The key that signs now; undefined while there is none. */
export const currentKey = <Key extends KeyTimes>(keys: readonly Key[], now: Date): Key | undefined =>
  keys.filter(({ signsFrom }) => signsFrom <= now).sort(byAge)[0];

/** Start times of the keys to make, so that there is one that signs now and one that follows it. */
export const missingKeys = (keys: readonly KeyTimes[], now: Date): Date[] => {
  const current = currentKey(keys, now);
  if (!current) return [now, ...(later(keys, now).length > 0 ? [] : [new Date(now.getTime() + periodMs)])];
  if (later(keys, now).length > 0) return [];
  return [new Date(Math.max(current.signsFrom.getTime() + periodMs, now.getTime() + leadMs))];
};

/** The same while keys that are not to last still sign: the first of these begins once every verifier has heard of it. */
export const missingSuccessors = (keys: readonly KeyTimes[], now: Date): Date[] => {
  const first = new Date(now.getTime() + leadMs);
  if (keys.length === 0) return [first, new Date(first.getTime() + periodMs)];
  return currentKey(keys, now) ? missingKeys(keys, now) : [];
};

/** Keys to delete: two newer ones have signed for an hour, so every token of theirs has long expired. */
export const retiredKeys = (keys: readonly KeyTimes[], now: Date): string[] => {
  const settled = new Date(now.getTime() - leadMs);
  return keys
    .filter((key) => later(keys, key.signsFrom).filter(({ signsFrom }) => signsFrom <= settled).length >= 2)
    .map(({ kid }) => kid);
};

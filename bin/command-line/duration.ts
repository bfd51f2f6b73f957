const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A duration for people, such as "12 s", "3 min" or "1 h 5 min". */
export const durationOf = (ms: number): string => {
  if (ms < MINUTE) return `${Math.round(ms / 1000)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
};

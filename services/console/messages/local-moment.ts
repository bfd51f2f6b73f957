/**
 * The moment that a `datetime-local` field means in the time of this machine, as ISO 8601 in UTC. Undefined where it names none: the
 * change to summer time skips an hour, and `Date` would take 02:30 of it for 03:30. Of the hour that autumn has twice it is the first.
 */
export const momentOf = (text: string): string | undefined => {
  const [, hour, minute] = /T(\d{2}):(\d{2})/.exec(text) ?? [];
  const at = new Date(text);
  const isReal = at.getHours() === Number(hour) && at.getMinutes() === Number(minute);
  return isReal ? at.toISOString() : undefined;
};

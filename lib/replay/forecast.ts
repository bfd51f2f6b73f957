import type { ReplayProgress } from './replay.ts';

/** Seconds until the last outcome, as far as the pace up to now tells; never less than the purchases that are to begin need. */
export const secondsLeft = (
  { begun, settled, failed, seconds }: Pick<ReplayProgress, 'begun' | 'settled' | 'failed' | 'seconds'>,
  count: number,
  rate: number,
): number => {
  const over = settled + failed;
  const atThisPace = over === 0 ? 0 : ((count - over) * seconds) / over;
  return Math.max(atThisPace, (count - begun) / rate);
};

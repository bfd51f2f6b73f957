/** Links in mails: how long they work, and how often anybody may have one mailed to an account. Pure. */

export type LinkPurpose = 'verify-address' | 'reset-password' | 'cart-waiting';

const minuteMs = 60_000;

/** Milliseconds from the making of a link to its end. */
export const linkLifetimeMs: Readonly<Record<LinkPurpose, number>> = {
  'verify-address': 3 * 24 * 60 * minuteMs,
  'reset-password': 30 * minuteMs,
  // By which reminders are stopped: somebody may find an old one.
  'cart-waiting': 400 * 24 * 60 * minuteMs,
};

/** Links of the last day count, used or not. */
export const linksRememberedMs = 24 * 60 * minuteMs;

/** Pause after one of the first links of a day, for a mail that does not seem to come. */
const shortPauseMs = 2 * minuteMs;
const linksWithShortPause = 3;
/**
 * Pause after all others. Below the life of a link: whoever asks in somebody's name cannot keep that one without a link that works,
 * because another is refused only while the last lies in the mailbox with ten minutes to go.
 */
const longPauseMs = 20 * minuteMs;

/** Whether one more link may be mailed, after those that were made at these times within the last day, newest first. */
export const mayMailLink = (recent: readonly Date[], now: Date): boolean => {
  const [last] = recent;
  if (last === undefined) return true;
  const pauseMs = recent.length < linksWithShortPause ? shortPauseMs : longPauseMs;
  return now.getTime() - last.getTime() >= pauseMs;
};

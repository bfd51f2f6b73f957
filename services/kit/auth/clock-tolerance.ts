/**
 * Seconds that clocks of two processes may differ before one refuses what the other signed. Machines that keep time differ by
 * milliseconds; one that has lost its time server drifts by a second or two a day, and is found long before this is used up.
 */
export const clockToleranceSeconds = 30;

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LoginAttempts, secondsToWait } from './login-throttle.ts';

const start = new Date('2026-11-01T12:00:00Z');
const inSeconds = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const failed = (count: number): LoginAttempts => ({
  here: { count, lastAt: start },
  isKnownPlace: false,
  byStrangers: 0,
});

describe('the throttle of log-ins', () => {
  it.each([
    [1, 0],
    [4, 0],
    [5, 1],
    [6, 2],
    [8, 8],
    [11, 60],
    [2000, 60],
  ])('after %i failures in a row asks to wait %i s', (count, seconds) => {
    expect(secondsToWait(failed(count), start)).toBe(seconds);
  });

  it('counts the wait down and then lets one attempt through', () => {
    expect(secondsToWait(failed(11), inSeconds(59.5))).toBe(1);
    expect(secondsToWait(failed(11), inSeconds(60))).toBe(0);
  });

  it('lets an account without failures in at once', () => {
    expect(secondsToWait({ isKnownPlace: false, byStrangers: 0 }, start)).toBe(0);
  });

  it('makes strangers wait once a hundred guesses came from anywhere, and nobody who signed in from there before', () => {
    expect(secondsToWait({ isKnownPlace: false, byStrangers: 99 }, start)).toBe(0);
    expect(secondsToWait({ isKnownPlace: false, byStrangers: 100 }, start)).toBe(60);
    expect(secondsToWait({ isKnownPlace: true, byStrangers: 5000 }, start)).toBe(0);
  });

  it('never makes anybody wait for more than a minute, whatever was tried from there before', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 10_000 }), (count, seconds) => {
        const wait = secondsToWait(failed(count), inSeconds(seconds));
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(60);
        expect(secondsToWait(failed(count), inSeconds(seconds + wait))).toBe(0);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { judgeRefusedToken, type PresentedToken } from './refresh-chain.ts';

const now = new Date('2026-11-01T12:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const token = (fields: Partial<PresentedToken>): PresentedToken => ({
  sessionActive: true,
  expiresAt: new Date(now.getTime() + 1000),
  usedAt: ago(1000),
  successorUsed: false,
  ...fields,
});

describe('a refresh token that cannot be exchanged', () => {
  it.each([
    ['unknown', undefined, 'invalid'],
    ['of an ended session', token({ sessionActive: false }), 'invalid'],
    ['of an ended session, used long ago', token({ sessionActive: false, usedAt: ago(60_000) }), 'invalid'],
    ['expired', token({ expiresAt: now }), 'invalid'],
    ['not used yet', token({ usedAt: undefined }), 'invalid'],
    ['used just now', token({}), 'same-successor'],
    ['used 5 s ago', token({ usedAt: ago(5000) }), 'same-successor'],
    ['used longer ago', token({ usedAt: ago(5001) }), 'reused'],
    ['used just now, but two generations old', token({ successorUsed: true }), 'reused'],
  ] as const)('%s is judged', (_title, presented, verdict) => {
    expect(judgeRefusedToken(presented, now)).toBe(verdict);
  });
});

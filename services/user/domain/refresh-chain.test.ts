import { describe, expect, it } from '@jest/globals';
import { graceMs, judgeRefusedToken, type PresentedToken } from './refresh-chain.ts';

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
    ['of an ended session, used long ago', token({ sessionActive: false, usedAt: ago(600_000) }), 'invalid'],
    ['expired', token({ expiresAt: now }), 'invalid'],
    ['not used yet', token({ usedAt: undefined }), 'invalid'],
    ['used just now', token({}), 'same-successor'],
    ['used before a request came to its deadline and was repeated', token({ usedAt: ago(31_000) }), 'same-successor'],
    ['used as long ago as is forgiven', token({ usedAt: ago(graceMs) }), 'same-successor'],
    ['used longer ago', token({ usedAt: ago(graceMs + 1) }), 'reused'],
    ['used just now, but two generations old', token({ successorUsed: true }), 'reused'],
  ] as const)('%s is judged', (_title, presented, verdict) => {
    expect(judgeRefusedToken(presented, now)).toBe(verdict);
  });
});

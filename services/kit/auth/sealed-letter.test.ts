import { describe, expect, it } from '@jest/globals';
import { readLetter, sealLetter } from './sealed-letter.ts';

const secret = 'a secret of the two that may read the letter';
const place = { userId: 'usr_1', mail: 'reset-password' };
const letter = { to: 'ada@example.com', token: 'the-token' };

describe('a sealed letter', () => {
  it('opens for whom it was sealed', () => {
    expect(readLetter(secret, place, sealLetter(secret, place, letter))).toEqual(letter);
  });

  it('shows neither recipient nor token', () => {
    const sealed = sealLetter(secret, place, letter);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toMatch(/ada|token/);
  });

  it.each([
    ['another secret', `${secret}x`, place],
    ['another account', secret, { ...place, userId: 'usr_2' }],
    ['another mail', secret, { ...place, mail: 'verify-address' }],
  ])('stays shut for %s', (_title, other, elsewhere) => {
    expect(readLetter(other, elsewhere, sealLetter(secret, place, letter))).toBeUndefined();
  });
});

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { open, seal } from './sealed-box.ts';

const secret = randomBytes(32).toString('base64url');
const content = Buffer.from('the private key');

describe('a sealed box', () => {
  it('gives back what was put in', () => {
    expect(open(secret, 'key k1', seal(secret, 'key k1', content))).toEqual(content);
  });

  it('is never the same twice and does not show its content', () => {
    const box = seal(secret, 'key k1', content);
    expect(seal(secret, 'key k1', content)).not.toEqual(box);
    expect(box.includes(content)).toBe(false);
  });

  it('stays shut for another secret and another purpose', () => {
    const box = seal(secret, 'key k1', content);
    expect(open(`${secret}x`, 'key k1', box)).toBeUndefined();
    expect(open(secret, 'key k2', box)).toBeUndefined();
  });

  it('stays shut when any byte of it changed or is missing', () => {
    const box = seal(secret, 'key k1', content);
    for (let at = 0; at < box.length; at += 1) {
      const changed = Buffer.from(box);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(open(secret, 'key k1', changed)).toBeUndefined();
    }
    expect(open(secret, 'key k1', box.subarray(0, -1))).toBeUndefined();
    expect(open(secret, 'key k1', Buffer.alloc(0))).toBeUndefined();
  });
});

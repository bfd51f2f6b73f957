import { argon2Sync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { inRequest } from '../kit/testing/traces/in-request.ts';
import { createPasswordHasher } from './password-hasher.ts';

const hasher = createPasswordHasher();
const hash = (password: string) => hasher.inTurn((turn) => turn.hash(password));
const verify = (password: string, stored: string | undefined) => hasher.inTurn((turn) => turn.verify(password, stored));

describe('the password hasher', () => {
  it('writes a PHC string with 19 MiB, two passes and one lane, salted anew each time', async () => {
    const [one, two] = [await hash('correct horse'), await hash('correct horse')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(two).not.toBe(one);
  });

  it('accepts the password that made the hash and no other', async () => {
    const stored = await hash('correct horse');
    expect(await verify('correct horse', stored)).toBe(true);
    expect(await verify('Correct horse', stored)).toBe(false);
    expect(await verify('', stored)).toBe(false);
  });

  it('takes composed and decomposed characters for the same password', async () => {
    expect(await verify('cafe\u0301 creme', await hash('caf\u00e9 creme'))).toBe(true);
  });

  it('is never right about an account that does not exist', async () => {
    expect(await verify('correct horse', undefined)).toBe(false);
  });

  it('verifies older, weaker hashes and calls them outdated', async () => {
    const salt = Buffer.alloc(16, 7);
    const parameters = { memory: 8192, passes: 1, parallelism: 1, tagLength: 32 };
    const tag = argon2Sync('argon2id', { ...parameters, message: 'correct horse', nonce: salt });
    const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
    const stored = `$argon2id$v=19$m=8192,t=1,p=1$${text(salt)}$${text(tag)}`;
    expect(await verify('correct horse', stored)).toBe(true);
    expect(await hasher.inTurn(async (turn) => turn.isOutdated(stored))).toBe(true);
    const fresh = await hash('correct horse');
    expect(await hasher.inTurn(async (turn) => turn.isOutdated(fresh))).toBe(false);
  });

  it('lets two work at once, in the order of their coming, and refuses the hundred and third', async () => {
    const { inTurn } = createPasswordHasher();
    const started: number[] = [];
    const release: (() => void)[] = [];
    const work = (id: number) =>
      inTurn(async () => {
        started.push(id);
        await new Promise<void>((resolve) => {
          release.push(resolve);
        });
      });
    const all = Array.from({ length: 102 }, (_, id) => work(id));
    expect(started).toEqual([0, 1]);
    await expect(work(102)).rejects.toMatchObject({ kind: 'unavailable', code: 'auth.busy', retryAfterSeconds: 1 });
    for (let done = 0; done < 102; done += 1) {
      release[done]?.();
      await all[done];
    }
    expect(started).toEqual(Array.from({ length: 102 }, (_, id) => id));
  });

  it('does no work for a caller whose deadline is over, and gives the turn on', async () => {
    const { inTurn } = createPasswordHasher();
    let worked = 0;
    const work = async () => {
      worked += 1;
    };
    const late = inRequest({ deadlineAt: Date.now() }, () => inTurn(work));
    await expect(late).rejects.toMatchObject({ kind: 'unavailable', code: 'auth.busy' });
    expect(worked).toBe(0);
    await inRequest({ deadlineAt: Date.now() + 60_000 }, () => inTurn(work));
    expect(worked).toBe(1);
  });

  it('gives the turn back when the work fails', async () => {
    const { inTurn } = createPasswordHasher();
    const fail = () =>
      inTurn(async () => {
        throw new Error('broken');
      });
    for (let i = 0; i < 5; i += 1) await expect(fail()).rejects.toThrow('broken');
    expect(await inTurn(async () => 'fine')).toBe('fine');
  });
});

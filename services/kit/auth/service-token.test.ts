import { describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { fakeClock } from '../testing/fake-clock.ts';
import { clockToleranceSeconds } from './clock-tolerance.ts';
import { createServiceTokenSigner, createServiceTokenVerifier } from './service-token.ts';

const secret = 'one-secret-of-all-services-0123456789';

const pair = (options: { secret?: string; callee?: string } = {}) => {
  const clock = fakeClock();
  const sign = createServiceTokenSigner({ caller: 'order', secret, clock });
  const verify = createServiceTokenVerifier({
    callee: 'product',
    secret,
    allowedCallers: ['order'],
    clock,
    ...options,
  });
  return { clock, sign, verify };
};

describe('a service token', () => {
  test('says who calls', async () => {
    const { sign, verify } = pair();
    expect(await verify(await sign('product'))).toBe('order');
  });

  test('is reused for half a minute and valid for a minute', async () => {
    const { clock, sign, verify } = pair();
    const first = await sign('product');
    expect([await verify(first), await verify(first)]).toEqual(['order', 'order']);
    clock.advance(29_999);
    expect(await sign('product')).toBe(first);
    clock.advance(1);
    const second = await sign('product');
    expect(second).not.toBe(first);
    clock.advance(60_000 + clockToleranceSeconds * 1000);
    await expect(verify(first)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'service-token.invalid' });
  });

  test.each([-29, -8, 8, 29])('is accepted from a service whose clock is %i s ahead', async (seconds) => {
    const { clock, verify } = pair();
    const other = fakeClock(new Date(clock.now().getTime() + seconds * 1000).toISOString());
    const sign = createServiceTokenSigner({ caller: 'order', secret, clock: other });
    expect(await verify(await sign('product'))).toBe('order');
  });

  test('of a service whose clock is minutes off is refused, and says where to look', async () => {
    const { clock, verify } = pair();
    const other = fakeClock(new Date(clock.now().getTime() + 180_000).toISOString());
    const sign = createServiceTokenSigner({ caller: 'order', secret, clock: other });
    await expect(verify(await sign('product'))).rejects.toMatchObject({
      code: 'service-token.invalid',
      message: expect.stringContaining('clocks'),
    });
  });

  test('of a service that declares no call is refused, and it is told what to do', async () => {
    const { clock, verify } = pair();
    const cart = createServiceTokenSigner({ caller: 'cart', secret, clock });
    await expect(verify(await cart('product'))).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'service-token.not-allowed',
      message: expect.stringContaining('services/cart/manifest.ts'),
    });
  });

  test('for another service, or signed with another secret, is refused', async () => {
    const { sign, verify } = pair();
    await expect(verify(await sign('payment'))).rejects.toMatchObject({ code: 'service-token.invalid' });
    const other = pair({ secret: 'another-secret-of-all-services-012345' });
    await expect(other.verify(await sign('product'))).rejects.toMatchObject({ code: 'service-token.invalid' });
  });

  test('is accepted during a rotation, whichever side has the new secret first', async () => {
    const [before, after] = ['the-secret-before-0123456789-abcdefghij', 'the-secret-after-0123456789-abcdefghijk'];
    const clock = fakeClock();
    const signWith = (value: string) => createServiceTokenSigner({ caller: 'order', secret: value, clock })('product');
    let reloads = 0;
    const verify = createServiceTokenVerifier({
      ...{ callee: 'product', secret: before, allowedCallers: ['order'], clock },
      reload: async () => {
        reloads += 1;
        return [after, before];
      },
    });
    expect(await verify(await signWith(before))).toBe('order');
    expect([await verify(await signWith(after)), reloads]).toEqual(['order', 1]);
    clock.advance(31_000);
    expect([await verify(await signWith(before)), reloads]).toEqual(['order', 1]);
    const forged = 'a-secret-that-somebody-made-up-00000000';
    for (let i = 0; i < 5; i++)
      await expect(verify(await signWith(forged))).rejects.toMatchObject({ code: 'service-token.invalid' });
    expect(reloads).toBe(2);
    await expect(verify('rubbish')).rejects.toMatchObject({ code: 'service-token.invalid' });
    expect(reloads).toBe(2);
  });

  test('that is missing or never expires is refused', async () => {
    const { verify } = pair();
    await expect(verify(undefined)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'service-token.missing' });
    const eternal = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('order')
      .setAudience('product')
      .sign(new TextEncoder().encode(secret));
    await expect(verify(eternal)).rejects.toMatchObject({ code: 'service-token.invalid' });
  });

  test('needs a secret of 32 bytes', () => {
    expect(() => createServiceTokenSigner({ caller: 'order', secret: 'short', clock: fakeClock() })).toThrow(
      /at least 32 bytes/,
    );
  });
});

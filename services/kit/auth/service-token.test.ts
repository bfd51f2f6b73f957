import { describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { fakeClock } from '../testing/fake-clock.ts';
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
    clock.advance(60_000);
    await expect(verify(first)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'service-token.invalid' });
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

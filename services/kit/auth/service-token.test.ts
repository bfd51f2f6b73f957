import { describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import type { HeldSecret } from '../config/held-secret.ts';
import type { LoadSecret } from '../config/load-secret.ts';
import { createLogger } from '../telemetry/logger.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { methodlessToken } from '../testing/methodless-token.ts';
import type { Clock } from '../values/clock.ts';
import { clockToleranceSeconds } from './clock-tolerance.ts';
import { createRotatingSecret } from './rotating-secret.ts';
import { createServiceTokenSigner, createServiceTokenVerifier } from './service-token.ts';

const secrets = {
  order: 'the-secret-of-order-and-product-01234',
  cart: 'the-secret-of-cart-and-product-012345',
};

const rotating = (held: HeldSecret, clock: Clock, load?: LoadSecret) =>
  createRotatingSecret(held, { clock, load, logger: createLogger('tests', 'silent') });

const method = 'ProductService/GetProducts';

const pair = () => {
  const clock = fakeClock();
  const signFor = (caller: string, secret: string, callee = 'product', by = clock) => {
    const sign = createServiceTokenSigner({ caller, callee, secret, clock: by });
    return (of = method) => sign(of);
  };
  const verifyFor = createServiceTokenVerifier({
    callee: 'product',
    callers: { order: rotating({ secret: secrets.order }, clock), cart: rotating({ secret: secrets.cart }, clock) },
    clock,
  });
  const verify = (token: string | undefined, of = method) => verifyFor(token, of);
  return { clock, signFor, sign: signFor('order', secrets.order), verify };
};

describe('a service token', () => {
  test('says who calls', async () => {
    const { sign, verify } = pair();
    expect(await verify(await sign())).toBe('order');
  });

  test('is reused for half a minute and valid for a minute', async () => {
    const { clock, sign, verify } = pair();
    const first = await sign();
    expect([await verify(first), await verify(first)]).toEqual(['order', 'order']);
    clock.advance(29_999);
    expect(await sign()).toBe(first);
    clock.advance(1);
    const second = await sign();
    expect(second).not.toBe(first);
    clock.advance(60_000 + clockToleranceSeconds * 1000);
    await expect(verify(first)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'service-token.invalid' });
  });

  test.each([-29, -8, 8, 29])('is accepted from a service whose clock is %i s ahead', async (seconds) => {
    const { clock, signFor, verify } = pair();
    const other = fakeClock(new Date(clock.now().getTime() + seconds * 1000).toISOString());
    expect(await verify(await signFor('order', secrets.order, 'product', other)())).toBe('order');
  });

  test('of a service whose clock is minutes off is refused, and says where to look', async () => {
    const { clock, signFor, verify } = pair();
    const other = fakeClock(new Date(clock.now().getTime() + 180_000).toISOString());
    await expect(verify(await signFor('order', secrets.order, 'product', other)())).rejects.toMatchObject({
      code: 'service-token.invalid',
      message: expect.stringContaining('clocks'),
    });
  });

  test('of a service that declares no call is refused, and it is told what to do', async () => {
    const { signFor, verify } = pair();
    await expect(verify(await signFor('assistant', secrets.order)())).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'service-token.not-allowed',
      message: expect.stringContaining('services/assistant/manifest.ts'),
    });
  });

  test.each([
    ['order', 'cart'],
    ['cart', 'order'],
  ] as const)('in the name of %s is refused from %s, which does not know its secret (M7)', async (named, signer) => {
    const { signFor, verify } = pair();
    await expect(verify(await signFor(named, secrets[signer])())).rejects.toMatchObject({
      kind: 'unauthenticated',
      code: 'service-token.invalid',
    });
    expect(await verify(await signFor(signer, secrets[signer])())).toBe(signer);
  });

  test('of something that is no name of a service is refused, and what it says is repeated to nobody', async () => {
    const { signFor, verify } = pair();
    for (const name of ['', 'toString', '__proto__', 'x'.repeat(5_000), '<script>'])
      await expect(verify(await signFor(name, secrets.order)())).rejects.toMatchObject({
        code: 'service-token.invalid',
        message: expect.not.stringContaining(name || '""'),
      });
  });

  test('for another service, or signed with another secret, is refused', async () => {
    const { signFor, verify } = pair();
    for (const sign of [
      signFor('order', secrets.order, 'payment'),
      signFor('order', 'a-secret-that-somebody-made-up-00000000'),
    ])
      await expect(verify(await sign())).rejects.toMatchObject({ code: 'service-token.invalid' });
  });

  test('is accepted during a rotation, whichever side has the new secret first', async () => {
    const [before, after] = ['the-secret-before-0123456789-abcdefghij', 'the-secret-after-0123456789-abcdefghijk'];
    const clock = fakeClock();
    const signWith = (secret: string) =>
      createServiceTokenSigner({ caller: 'order', callee: 'product', secret, clock })(method);
    let reloads = 0;
    const verifyFor = createServiceTokenVerifier({
      ...{ callee: 'product', clock },
      callers: {
        cart: rotating({ secret: secrets.cart }, clock),
        order: rotating({ secret: before, secretId: 'shop/order' }, clock, async (_, which) => {
          if (which === 'previous') return before;
          reloads += 1;
          return after;
        }),
      },
    });
    const verify = (token: string) => verifyFor(token, method);
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
    const { clock, verify } = pair();
    await expect(verify(undefined)).rejects.toMatchObject({ kind: 'unauthenticated', code: 'service-token.missing' });
    const eternal = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('order')
      .setAudience('product')
      .setSubject(method)
      .setIssuedAt(Math.floor(clock.now().getTime() / 1000))
      .sign(new TextEncoder().encode(secrets.order));
    await expect(verify(eternal)).rejects.toMatchObject({ code: 'service-token.invalid' });
  });

  test('opens the method that it was signed for and no other, also once it is known', async () => {
    const { sign, verify } = pair();
    const token = await sign();
    const elsewhere = { kind: 'unauthenticated', code: 'service-token.invalid' };
    await expect(verify(token, 'ProductService/ReserveStock')).rejects.toMatchObject(elsewhere);
    expect(await verify(token)).toBe('order');
    await expect(verify(token, 'ProductService/ReserveStock')).rejects.toMatchObject(elsewhere);
    expect(await verify(await sign('ProductService/ReserveStock'), 'ProductService/ReserveStock')).toBe('order');
  });

  test('that names no method opens none, also once it was shown', async () => {
    const { clock, verify } = pair();
    const token = await methodlessToken('order', 'product', secrets.order, clock.now());
    for (let shown = 0; shown < 2; shown++)
      await expect(verify(token)).rejects.toMatchObject({
        kind: 'unauthenticated',
        code: 'service-token.invalid',
        message: expect.stringContaining(`does not name ${method}`),
      });
  });

  test('needs a secret of 32 bytes', () => {
    expect(() =>
      createServiceTokenSigner({ caller: 'order', callee: 'product', secret: 'short', clock: fakeClock() }),
    ).toThrow(/shorter than 32 bytes/);
  });
});

/** Reminders of carts that wait: who is written to, how often, and what stops them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cartEventSchema } from '../../contracts/events/cart-events.ts';
import { userEventSchema } from '../../contracts/events/user-events.ts';
import { readLetter } from '../../kit/auth/sealed-letter.ts';
import type { EventLog } from '../../kit/events/event-log.ts';
import { openEventLog } from '../../kit/events/open-event-log.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { unreadBy } from '../../kit/testing/event-logs/read-topic.ts';
import type { TestDatabase } from '../../kit/testing/postgres.ts';
import {
  eventsOf,
  mailSealSecret,
  mailsOf,
  type RunningUserService,
  startUserService,
  userDatabase,
} from '../testing/running-user-service.ts';

const hour = 3_600_000;
const password = 'a good long password';
let store: TestDatabase;
let service: RunningUserService;
let log: EventLog;
beforeAll(async () => {
  store = await userDatabase();
  service = await startUserService(store);
  log = await openEventLog({ url: store.url, logger: service.context.logger });
  await log.createTopics({ 'cart-events': { partitions: 1, retentionDays: 1 } });
  await service.startConsumer();
});
afterAll(async () => {
  await log?.close();
  await service?.stop();
  await store?.drop();
});

/** Somebody with an account and a cart. */
const customer = async ({ isProved = true, agrees = true } = {}) => {
  const { tokens } = await service.users.register({ email: `${randomUUID()}@example.com`, password, name: 'Ada' });
  const userId = tokens?.user?.id ?? '';
  const bearer = { authorization: `Bearer ${tokens?.accessToken}` };
  const [welcome] = await mailsOf(store, userId);
  if (isProved) await service.users.verifyEmail({ token: welcome?.token ?? '' });
  if (agrees) await service.users.updateProfile({ cartReminders: true }, bearer);
  return { userId, bearer, cartId: service.context.ids.next('crt') };
};
type Person = Awaited<ReturnType<typeof customer>>;

const version = (letter: string) => letter.repeat(22);

/** Has the service hear of carts, and waits until it has. */
const tell = async (
  { userId, cartId }: Pick<Person, 'cartId'> & { readonly userId: string | null },
  type: 'cart.abandoned.v1' | 'cart.checked-out.v1',
  details: object,
) => {
  const event = cartEventSchema.parse({
    specversion: '1.0',
    id: service.context.ids.next('evt'),
    source: 'cart',
    type,
    subject: cartId,
    time: service.clock.now().toISOString(),
    datacontenttype: 'application/json',
    sequence: 3,
    data: { cartId, userId, ...details },
  });
  await log.append('cart-events', [{ key: cartId, value: JSON.stringify(event), headers: { id: event.id } }]);
  await eventually(async () => expect(await unreadBy(log, 'user', 'cart-events')).toBe(0));
};
const leave = (person: Person, letter = 'a') =>
  tell(person, 'cart.abandoned.v1', { items: 2, version: version(letter) });
const buy = (person: Person) => tell(person, 'cart.checked-out.v1', { orderId: service.context.ids.next('ord') });

const reminders = async (person: Person) =>
  (await news(person)).flatMap(({ type, data }) =>
    type === 'user.reminder-requested.v1'
      ? [readLetter(mailSealSecret, { userId: person.userId, mail: 'cart-waiting' }, data.letter)]
      : [],
  );
const news = async ({ userId }: Person) => {
  const events = await eventsOf(store, userId);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  return events.map((event) => userEventSchema.parse(event)).filter(({ data }) => 'reference' in data);
};

describe('a customer who left a cart', () => {
  it('is reminded when he agreed and his address is proved, and else not', async () => {
    const [willing, silent, unproved] = [
      await customer(),
      await customer({ agrees: false }),
      await customer({ isProved: false }),
    ];
    for (const person of [willing, silent, unproved]) await leave(person);
    expect(await Promise.all([willing, silent, unproved].map(reminders))).toEqual([
      [{ to: expect.stringContaining('@example.com'), token: expect.stringMatching(/^[\w-]{43}$/) }],
      [],
      [],
    ]);
    expect(await news(willing)).toMatchObject([
      {
        type: 'user.reminder-requested.v1',
        data: {
          reference: `${willing.cartId}.${version('a')}`,
          usefulUntil: new Date(service.clock.now().getTime() + 24 * hour).toISOString(),
        },
      },
    ]);
  });

  it('is not reminded twice of the same cart, nor of two within a day', async () => {
    const person = await customer();
    await leave(person);
    service.clock.advance(23 * hour);
    await leave(person, 'b');
    expect(await reminders(person)).toHaveLength(1);
    service.clock.advance(30 * hour);
    await leave(person);
    expect(await reminders(person)).toHaveLength(1);
    await leave(person, 'c');
    expect(await reminders(person)).toHaveLength(2);
  });

  it('who bought it, takes his consent back or deletes his account gets none that is not out yet', async () => {
    const [bought, changed, gone] = [await customer(), await customer(), await customer()];
    for (const person of [bought, changed, gone]) await leave(person);
    await buy(bought);
    await service.users.updateProfile({ cartReminders: false }, changed.bearer);
    await service.users.deleteAccount({ password }, gone.bearer);
    for (const person of [bought, changed, gone]) {
      const [asked, withdrawn, ...more] = await news(person);
      expect(withdrawn).toMatchObject({
        type: 'user.reminder-withdrawn.v1',
        data: { reference: asked && 'reference' in asked.data && asked.data.reference },
      });
      expect(more).toEqual([]);
    }
    service.clock.advance(48 * hour);
    for (const person of [changed, gone]) await leave(person, 'd');
    expect(await reminders(changed)).toHaveLength(1);
  });

  it('who bought without being reminded is told nothing', async () => {
    const person = await customer();
    await buy(person);
    expect(await news(person)).toEqual([]);
  });

  it('is nobody whom this service knows for a guest, and for events of releases that named no version', async () => {
    const person = await customer();
    await tell({ userId: null, cartId: person.cartId }, 'cart.abandoned.v1', { items: 1, version: version('a') });
    await tell(person, 'cart.abandoned.v1', { items: 1 });
    await leave({ ...person, userId: service.context.ids.next('usr') });
    expect(await reminders(person)).toEqual([]);
  });
});

describe('the link of a reminder', () => {
  it('stops reminders however often it is followed, until the customer agrees anew', async () => {
    const person = await customer();
    await leave(person);
    const [{ token } = { token: '' }] = await reminders(person);
    for (let at = 0; at < 2; at += 1) await service.users.stopReminders({ token: token ?? '' });
    expect((await service.users.getProfile({}, person.bearer)).user?.cartReminders).toBe(false);
    expect((await news(person)).at(-1)?.type).toBe('user.reminder-withdrawn.v1');
    service.clock.advance(25 * hour);
    await leave(person, 'b');
    expect(await reminders(person)).toHaveLength(1);
  });

  it('is good for nothing else, and no other link stops reminders', async () => {
    const person = await customer();
    await leave(person);
    const [{ token } = { token: '' }] = await reminders(person);
    const refused = expect.objectContaining({ code: 'auth.link-invalid' });
    await expect(
      service.users.resetPassword({ token: token ?? '', password: 'another long password' }),
    ).rejects.toEqual(refused);
    await expect(service.users.verifyEmail({ token: token ?? '' })).rejects.toEqual(refused);
    const [welcome] = await mailsOf(store, person.userId);
    await expect(service.users.stopReminders({ token: welcome?.token ?? '' })).rejects.toEqual(refused);
    expect((await service.users.getProfile({}, person.bearer)).user?.cartReminders).toBe(true);
  });
});

it('nobody is reminded who did not say so', async () => {
  const person = await customer({ agrees: false });
  expect((await service.users.getProfile({}, person.bearer)).user?.cartReminders).toBe(false);
});

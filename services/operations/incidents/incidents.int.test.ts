import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { aService, startOperations } from '../testing/running-operations.ts';

const clock = fakeClock(new Date());
const minutes = (count: number) => clock.advance(count * 60_000);

let operations: Awaited<ReturnType<typeof startOperations>>;
beforeAll(async () => {
  operations = await startOperations([aService({ name: 'order', publishes: ['order-events'] })], { clock });
});
afterAll(() => operations?.stop());

const post = async (path: string, body: object = {}) => operations.post(`/operations/${path}`, body);
const open = async (severity: string, title = 'The ledger stands still') =>
  (await post('incidents', { severity, title })).body.incident;

describe('an incident', () => {
  test('has a time by which somebody answers, keeps who did first, and tells all of it in order with what staff did meanwhile', async () => {
    const { id, answerBy, openedAt } = await open('P1');
    expect(Date.parse(answerBy) - Date.parse(openedAt)).toBe(15 * 60_000);
    minutes(5);
    expect((await post(`incidents/${id}/notes`, { text: 'At it', acknowledge: true })).body.incident).toMatchObject({
      state: 'acknowledged',
      isLate: false,
    });
    minutes(1);
    await operations.post(
      '/operations/consumers/nobody/offsets',
      { topic: 'order-events', reason: 'a try', plan: [{ partition: 0, from: 0, to: 0 }] },
      operations.admin,
    );
    minutes(1);
    await post(`incidents/${id}/notes`, { text: 'Nobody can buy', severity: 'P0', acknowledge: true });
    minutes(30);
    const { incident, timeline } = (await post(`incidents/${id}/close`, { text: 'It runs again' })).body;
    expect(incident).toMatchObject({ severity: 'P0', state: 'closed', isLate: false });
    expect(Date.parse(incident.postMortemBy) - Date.parse(incident.closedAt)).toBe(48 * 3_600_000);
    expect(timeline.map(({ number, kind, text }: Record<string, string>) => [number, kind, text])).toEqual([
      [1, 'opened', 'The ledger stands still'],
      [2, 'acknowledged', 'At it'],
      [3, 'act', 'offsets.reset: a try (refused)'],
      [4, 'note', 'Nobody can buy'],
      [5, 'severity', 'P1 is P0 now'],
      [6, 'closed', 'It runs again'],
    ]);
  });

  test('that nobody answers in time is late, and one that nobody notices owes no post-mortem', async () => {
    const { id } = await open('P2');
    minutes(241);
    const { items } = await operations.get('/operations/incidents?state=open');
    expect(items).toMatchObject([{ id, isLate: true, state: 'open' }]);
    const { incident } = (await post(`incidents/${id}/close`, { text: 'Gone' })).body;
    expect(incident).toMatchObject({ isLate: true, postMortemBy: null });
  });

  test('that is closed or unknown is not changed, of two people who close it one does, and bad words are refused', async () => {
    const { id } = await open('P3');
    const closed = await Promise.all([1, 2].map(() => post(`incidents/${id}/close`, { text: 'Done' })));
    expect(closed.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await post(`incidents/${id}/notes`, { text: 'One more' })).body).toMatchObject({ code: 'incident.closed' });
    const unknown = 'inc_01jf0000000000000000000001';
    expect((await post(`incidents/${unknown}/close`, { text: 'x' })).body).toMatchObject({ code: 'incident.unknown' });
    for (const body of [{}, { severity: 'P4', title: 'x' }, { severity: 'P1', title: '' }])
      expect((await post('incidents', body)).status).toBe(400);
  });
});

describe('a maintenance window', () => {
  const announce = async (body: object) =>
    (await post('maintenance-windows', { title: 'New PostgreSQL', minutes: 60, ...body })).body;
  const stateOf = async (id: string) =>
    (await operations.get('/operations/maintenance-windows')).items.find((each: { id: string }) => each.id === id)
      ?.state;

  test('begins and ends by itself, whoever forgets it, and says whether it was announced a day ahead', async () => {
    const beginsAt = new Date(clock.now().getTime() + 25 * 3_600_000).toISOString();
    const { window } = await announce({ beginsAt, services: ['order'] });
    expect(window).toMatchObject({ state: 'announced', isAnnouncedInTime: true, services: ['order'] });
    minutes(25 * 60 + 1);
    expect(await stateOf(window.id)).toBe('open');
    minutes(60);
    expect(await stateOf(window.id)).toBe('over');
    expect((await post(`maintenance-windows/${window.id}/close`)).body).toMatchObject({ code: 'window.over' });
  });

  test('ends before its time when somebody ends it', async () => {
    const { window } = await announce({});
    expect(window).toMatchObject({ state: 'open', isAnnouncedInTime: false });
    expect((await post(`maintenance-windows/${window.id}/close`)).body.window.state).toBe('over');
  });

  test('without an end, for longer than a day, in the past or of a service that is none, is refused', async () => {
    expect(await announce({ minutes: undefined })).toMatchObject({ code: 'request.invalid' });
    expect(await announce({ minutes: 1_441 })).toMatchObject({ code: 'request.invalid' });
    expect(await announce({ beginsAt: '2020-01-01T00:00:00.000Z' })).toMatchObject({ code: 'window.past' });
    expect(await announce({ services: ['no-such-service'] })).toMatchObject({ code: 'service.unknown' });
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { createIncidentRepository } from '../storage/incident-repository.ts';
import { aService, startOperations } from '../testing/running-operations.ts';

const clock = fakeClock(new Date());
const minutes = (count: number) => clock.advance(count * 60_000);

let operations: Awaited<ReturnType<typeof startOperations>>;
beforeAll(async () => {
  operations = await startOperations([aService({ name: 'order', publishes: ['order-events'] })], {
    clock,
    mailsTo: ['first@shop.example', 'second@shop.example'],
  });
});
afterAll(() => operations?.stop());

const post = async (path: string, body: object = {}) => operations.post(`/operations/${path}`, body);
const open = async (severity: string, title = 'The ledger stands still') =>
  (await post('incidents', { severity, title })).body.incident;

/** Lets the time of every waiting job come, which the database's clock keeps. */
const comeDue = () => operations.database.query(`UPDATE jobs.job SET start_after = now() WHERE state = 'created'`);
/** What is still to be told now of an incident. */
const jobsDue = async (id: string) =>
  (
    await operations.database.query(
      `SELECT name, data FROM jobs.job
       WHERE data ->> 'incidentId' = $1 AND (state IN ('retry', 'active') OR (state = 'created' AND start_after <= now()))`,
      [id],
    )
  ).rows;

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
    // Words that were mailed stand in it too, whenever that was.
    const byPeople = timeline.filter(({ kind }: { kind: string }) => kind !== 'told');
    expect(byPeople.map(({ kind, text }: Record<string, string>) => [kind, text])).toEqual([
      ['opened', 'The ledger stands still'],
      ['acknowledged', 'At it'],
      ['act', 'offsets.reset: a try (refused)'],
      ['note', 'Nobody can buy'],
      ['severity', 'P1 is P0 now'],
      ['closed', 'It runs again'],
    ]);
    expect(timeline.map(({ number }: { number: number }) => number)).toEqual(
      timeline.map((_: unknown, at: number) => at + 1),
    );
  });

  test('without a severity is judged by what services and pipelines say, and its timeline has the reasons', async () => {
    const { status, body } = await post('incidents', { title: 'Something is odd' });
    expect([status, body.incident.severity]).toEqual([201, expect.stringMatching(/^P[0-3]$/)]);
    expect(body.timeline).toEqual([
      expect.objectContaining({ kind: 'opened', text: 'Something is odd' }),
      expect.objectContaining({
        kind: 'severity',
        author: 'operations',
        text: expect.stringMatching(new RegExp(`^judged ${body.incident.severity}: .+`)),
      }),
    ]);
    await post(`incidents/${body.incident.id}/close`, { text: 'Nothing' });
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

describe('an incident that several people write to at once', () => {
  test('keeps the note of each, and has one who answered first', async () => {
    const { id } = await open('P3', 'Many look at it');
    const told = await Promise.all(
      Array.from({ length: 8 }, (_, at) => post(`incidents/${id}/notes`, { text: `note ${at}`, acknowledge: true })),
    );
    expect(told.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const { timeline } = await operations.get(`/operations/incidents/${id}`);
    expect(timeline.filter(({ kind }: { kind: string }) => kind === 'acknowledged')).toHaveLength(1);
    for (const at of told.keys()) expect(timeline).toContainEqual(expect.objectContaining({ text: `note ${at}` }));
    await post(`incidents/${id}/close`, { text: 'Gone' });
  });

  test('is told of by mail while they write, and neither is lost', async () => {
    const { id } = await open('P3', 'Mails while many write');
    const repository = createIncidentRepository({ database: operations.database, clock });
    const told = { author: 'operations', kind: 'told', text: 'told somebody' };
    await Promise.all([
      ...Array.from({ length: 8 }, () => repository.note(id, told)),
      ...Array.from({ length: 8 }, () => repository.change(id, () => ({ author: 'a', notes: [told] }))),
    ]);
    const { timeline } = await operations.get(`/operations/incidents/${id}`);
    expect(timeline.filter(({ text }: { text: string }) => text === 'told somebody')).toHaveLength(16);
    await post(`incidents/${id}/close`, { text: 'Gone' });
  });
});

describe('whoever is on call', () => {
  const subjectsOf = async (title: string) =>
    (await operations.mails())
      .filter(({ subject }) => subject.endsWith(title))
      .map(({ to, subject }) => `${to}: ${subject}`)
      .toSorted();
  const toBoth = (...subjects: string[]) =>
    ['first@shop.example', 'second@shop.example']
      .flatMap((to) => subjects.map((subject) => `${to}: ${subject}`))
      .toSorted();

  test('is told at once, again for as long as nobody answers, and no more once somebody has', async () => {
    const title = 'Carts answer 503';
    const { id } = await open('P1', title);
    await eventually(async () => expect(await subjectsOf(title)).toEqual(toBoth(`[P1] incident: ${title}`)));
    await comeDue();
    const unanswered = [`[P1] incident: ${title}`, `[P1] nobody answers: ${title}`];
    await eventually(async () => expect(await subjectsOf(title)).toEqual(toBoth(...unanswered)));
    const [mail] = (await operations.mails()).filter(({ subject }) => subject.includes('nobody answers: Carts'));
    expect(mail?.text).toContain(`npx cloudmart incident ack ${id}`);
    await eventually(async () =>
      expect((await operations.get(`/operations/incidents/${id}`)).timeline).toContainEqual(
        expect.objectContaining({ kind: 'told', text: 'unanswered: told first@shop.example, second@shop.example' }),
      ),
    );
    await post(`incidents/${id}/notes`, { text: 'At it', acknowledge: true });
    await comeDue();
    await eventually(async () => {
      const { rows } = await operations.database.query(
        `SELECT FROM jobs.job WHERE data ->> 'incidentId' = $1 AND state IN ('created', 'retry', 'active')`,
        [id],
      );
      expect(rows).toEqual([]);
    });
    const answered = [...unanswered, `[P1] somebody answers: ${title}`];
    await eventually(async () => expect(await subjectsOf(title)).toEqual(toBoth(...answered)));
  });

  test('is told once of the first answer and once of the end, and not by whom', async () => {
    const title = 'Pictures load slowly';
    const { id } = await open('P3', title);
    for (const text of ['At it', 'At it too']) await post(`incidents/${id}/notes`, { text, acknowledge: true });
    await eventually(async () =>
      expect(await subjectsOf(title)).toEqual(toBoth(`[P3] incident: ${title}`, `[P3] somebody answers: ${title}`)),
    );
    await post(`incidents/${id}/close`, { text: 'They load' });
    const all = ['incident', 'somebody answers', 'over'].map((what) => `[P3] ${what}: ${title}`);
    await eventually(async () => expect(await subjectsOf(title)).toEqual(toBoth(...all)));
    const mails = (await operations.mails()).filter(({ subject }) => subject.endsWith(title));
    expect(mails.map(({ text }) => text).join('\n')).not.toContain('usr_');
  });

  test('is told of each change of severity, and of each silence once, however often it goes up and down', async () => {
    const title = 'Prices flicker';
    const { id } = await open('P1', title);
    const subjects = [`[P1] incident: ${title}`];
    for (const severity of ['P0', 'P1', 'P0']) {
      await eventually(async () => expect(await subjectsOf(title)).toEqual(toBoth(...subjects)));
      await post(`incidents/${id}/notes`, { text: 'Judged anew', severity });
      subjects.push(`[${severity}] severity changed: ${title}`);
    }
    await eventually(async () => expect(await subjectsOf(title)).toEqual(toBoth(...subjects)));
    await comeDue();
    await eventually(async () => expect(await jobsDue(id)).toEqual([]));
    const { timeline } = await operations.get(`/operations/incidents/${id}`);
    expect(timeline.filter(({ text }: { text: string }) => text.startsWith('unanswered'))).toHaveLength(1);
    await post(`incidents/${id}/close`, { text: 'They stand' });
  });

  test('is told by one mail of an answer that changes the severity as well', async () => {
    const title = 'Half of the carts are gone';
    const { id } = await open('P1', title);
    await eventually(async () => expect(await subjectsOf(title)).toEqual(toBoth(`[P1] incident: ${title}`)));
    await post(`incidents/${id}/notes`, { text: 'At it; it is worse', severity: 'P0', acknowledge: true });
    await eventually(async () => expect(await jobsDue(id)).toEqual([]));
    const changed = `[P0] severity changed: ${title}`;
    expect(await subjectsOf(title)).toEqual(toBoth(`[P1] incident: ${title}`, changed));
    const [mail] = (await operations.mails()).filter(({ subject }) => subject === changed);
    expect(mail?.text).toContain('Somebody has answered, at ');
    await post(`incidents/${id}/close`, { text: 'They are back' });
  });

  test('is reminded of the post-mortem that a closed incident of P0 owes, and of none for P2', async () => {
    const [owing, free] = [await open('P0', 'Charged twice'), await open('P2', 'One slow page')];
    for (const { id } of [owing, free]) await post(`incidents/${id}/close`, { text: 'Mended' });
    await eventually(async () => {
      await comeDue();
      expect(await subjectsOf('Charged twice')).toContain('first@shop.example: [P0] post-mortem owed: Charged twice');
    });
    expect(await subjectsOf('One slow page')).not.toContainEqual(expect.stringContaining('post-mortem'));
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

  test('is mailed to whoever is on call when it is announced, a day ahead, and when it is ended early', async () => {
    const subjects = async (title: string) =>
      (await operations.mails())
        .filter(({ to, subject }) => to === 'first@shop.example' && subject.endsWith(title))
        .map(({ subject }) => subject);
    const beginsAt = new Date(clock.now().getTime() + 49 * 3_600_000).toISOString();
    const { window } = await announce({ title: 'Disks are swapped', beginsAt, services: ['order'] });
    const first = 'maintenance announced: Disks are swapped';
    await eventually(async () => expect(await subjects('Disks are swapped')).toEqual([first]));
    await comeDue();
    const second = 'maintenance within a day: Disks are swapped';
    await eventually(async () => expect((await subjects('Disks are swapped')).toSorted()).toEqual([first, second]));
    await post(`maintenance-windows/${window.id}/close`);
    await eventually(async () =>
      expect(await subjects('Disks are swapped')).toContain('maintenance over: Disks are swapped'),
    );
    const [mail] = (await operations.mails()).filter(({ subject }) => subject === first);
    expect(mail?.text).toContain(`npx cloudmart maintenance close ${window.id}`);
  });

  test('that is open shows as a metric of each service that is away, which silences its alerts', async () => {
    const shown = async () => (await operations.metrics()).match(/^maintenance_open\{.*away="order".*\} (\d)$/m)?.[1];
    const earlier = (await operations.get('/operations/maintenance-windows')).items;
    for (const { id, state } of earlier) if (state !== 'over') await post(`maintenance-windows/${id}/close`);
    expect(await shown()).toBe('0');
    const { window } = await announce({ services: ['order'] });
    expect(await shown()).toBe('1');
    await post(`maintenance-windows/${window.id}/close`);
    expect(await shown()).toBe('0');
  });

  test('without an end, for longer than a day, in the past or of a service that is none, is refused', async () => {
    expect(await announce({ minutes: undefined })).toMatchObject({ code: 'request.invalid' });
    expect(await announce({ minutes: 1_441 })).toMatchObject({ code: 'request.invalid' });
    expect(await announce({ beginsAt: '2020-01-01T00:00:00.000Z' })).toMatchObject({ code: 'window.past' });
    expect(await announce({ services: ['no-such-service'] })).toMatchObject({ code: 'service.unknown' });
  });

  test('that begins later than anybody plans is refused, and the list of windows still answers', async () => {
    expect(await announce({ beginsAt: '9999-12-31T23:59:00.000Z' })).toMatchObject({ code: 'window.far' });
    expect(await operations.get('/operations/maintenance-windows')).toMatchObject({ items: expect.any(Array) });
  });
});

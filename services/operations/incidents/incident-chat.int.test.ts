import { mkdir, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { aService, startOperations } from '../testing/running-operations.ts';

const clock = fakeClock(new Date());
const shop = [aService({ name: 'order', publishes: ['order-events'] })];

let operations: Awaited<ReturnType<typeof startOperations>>;
beforeAll(async () => {
  operations = await startOperations(shop, { clock, mailsTo: ['first@shop.example'], hasChat: true });
});
afterAll(() => operations?.stop());

const post = async (path: string, body: object = {}) => (await operations.post(`/operations/${path}`, body)).body;
const open = async (severity: string, title: string): Promise<string> =>
  (await post('incidents', { severity, title })).incident.id;
const titlesOf = async (threadId: string) =>
  (await operations.told())
    .filter(({ metadata }) => metadata.threadId === threadId)
    .map(({ content }) => content.title)
    .toSorted();
const mailedOf = async (title: string) =>
  (await operations.mails())
    .filter(({ subject }) => subject.endsWith(title))
    .map(({ subject }) => subject)
    .toSorted();
const toldOf = async (id: string): Promise<string[]> =>
  (await operations.get(`/operations/incidents/${id}`)).timeline
    .filter(({ kind }: { kind: string }) => kind === 'told')
    .map(({ text }: { text: string }) => text)
    .toSorted();

/** Lets the time of every waiting job come, which the database's clock keeps. */
const comeDue = () =>
  operations.database.query(`UPDATE jobs.job SET start_after = now() WHERE state IN ('created', 'retry')`);

describe('the chat', () => {
  test('is told what is mailed, in the form that Amazon Q Developer shows, and the timeline says so', async () => {
    const title = 'Carts answer 503';
    const id = await open('P1', title);
    await eventually(async () => expect(await titlesOf(id)).toEqual([`[P1] incident: ${title}`]));
    const [message] = (await operations.told()).filter(({ metadata }) => metadata.threadId === id);
    expect(message).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        description: expect.stringMatching(/^P1: .+ Somebody answers within 15 minutes\.\nOpened at /),
        nextSteps: [`Answer: npx cloudmart incident ack ${id}`],
        keywords: ['incident', 'P1'],
      },
    });
    await eventually(async () =>
      expect(await toldOf(id)).toEqual(['opened: told first@shop.example', 'opened: told the chat']),
    );
  });

  test('is told again for as long as nobody answers, of a new severity, of an answer and of the end', async () => {
    const title = 'The ledger stands still';
    const id = await open('P1', title);
    const subjects = [`[P1] incident: ${title}`];
    const isTold = async (subject: string) => {
      subjects.push(subject);
      await eventually(async () => expect(await titlesOf(id)).toEqual(subjects.toSorted()));
      await eventually(async () => expect(await mailedOf(title)).toEqual(subjects.toSorted()));
    };
    await comeDue();
    await isTold(`[P1] nobody answers: ${title}`);
    await post(`incidents/${id}/notes`, { text: 'It is worse', severity: 'P0' });
    await isTold(`[P0] severity changed: ${title}`);
    await post(`incidents/${id}/notes`, { text: 'At it', acknowledge: true });
    await isTold(`[P0] somebody answers: ${title}`);
    await post(`incidents/${id}/close`, { text: 'It runs' });
    await isTold(`[P0] over: ${title}`);
    await comeDue();
    // A day before it is due and when it is.
    subjects.push(`[P0] post-mortem owed: ${title}`);
    await isTold(`[P0] post-mortem owed: ${title}`);
  });

  test('is told of maintenance when it is announced, a day ahead, and when it ends early', async () => {
    const beginsAt = new Date(clock.now().getTime() + 49 * 3_600_000).toISOString();
    const { window } = await post('maintenance-windows', {
      ...{ title: 'New PostgreSQL', minutes: 60 },
      ...{ beginsAt, services: ['order'] },
    });
    const announced = 'maintenance announced: New PostgreSQL';
    await eventually(async () => expect(await titlesOf(window.id)).toEqual([announced]));
    await comeDue();
    const tomorrow = 'maintenance within a day: New PostgreSQL';
    await eventually(async () => expect(await titlesOf(window.id)).toEqual([announced, tomorrow]));
    await post(`maintenance-windows/${window.id}/close`);
    const over = 'maintenance over: New PostgreSQL';
    await eventually(async () => expect(await titlesOf(window.id)).toEqual([announced, over, tomorrow]));
    await eventually(async () => expect(await mailedOf('New PostgreSQL')).toEqual([announced, over, tomorrow]));
  });

  test('is told neither who acts, nor an address or a password that somebody typed, nor calls everybody', async () => {
    const id = await open('P3', 'ann@buyer.example <!channel> is charged by postgresql://ann:hunter22@db/x');
    const shown = '[P3] incident: [address] &lt;!channel&gt; is charged by postgresql://ann:[redacted]@db/x';
    await eventually(async () => expect(await titlesOf(id)).toEqual([shown]));
    await post(`incidents/${id}/notes`, { text: 'At it', acknowledge: true });
    // Nobody is told of an answer any more once it is over.
    await eventually(async () => expect(await titlesOf(id)).toHaveLength(2));
    await post(`incidents/${id}/close`, { text: 'Nothing' });
    await eventually(async () => expect(await titlesOf(id)).toHaveLength(3));
    expect(JSON.stringify(await operations.told())).not.toMatch(/usr_|hunter22|ann@/);
  });

  test('that cannot be told holds up no mail and repeats none, and is told of all once it can', async () => {
    await rm(operations.chatFolder, { recursive: true });
    // A file in place of the folder: nothing can be written there.
    await writeFile(operations.chatFolder, '');
    const title = 'Pictures load slowly';
    const id = await open('P2', title);
    const subject = `[P2] incident: ${title}`;
    const states = async () =>
      (
        await operations.database.query<{ name: string; state: string }>(
          `SELECT name, state FROM jobs.job WHERE data ->> 'incidentId' = $1 AND data ->> 'kind' = 'opened' ORDER BY name`,
          [id],
        )
      ).rows;
    await eventually(async () =>
      expect(await states()).toEqual([
        { name: 'incident-notices', state: 'completed' },
        { name: 'incident-notices-chat', state: 'retry' },
      ]),
    );
    expect(await mailedOf(title)).toEqual([subject]);
    expect(await toldOf(id)).toEqual(['opened: told first@shop.example']);
    await rm(operations.chatFolder);
    await mkdir(operations.chatFolder);
    await comeDue();
    await eventually(async () => expect(await toldOf(id)).toContain('opened: told the chat'));
    expect(await toldOf(id)).toContainEqual('opened: told first@shop.example');
    expect((await toldOf(id)).filter((text) => text === 'opened: told first@shop.example')).toHaveLength(1);
  });
});

test('a shop without a chat queues nothing for one', async () => {
  const without = await startOperations(shop, { mailsTo: ['first@shop.example'] });
  try {
    const asked = { severity: 'P1', title: 'Carts are empty' };
    const { body } = await without.post('/operations/incidents', asked);
    await eventually(async () => expect(await without.mails()).toHaveLength(1));
    const { rows } = await without.database.query(
      `SELECT DISTINCT name FROM jobs.job WHERE data ->> 'incidentId' = $1`,
      [body.incident.id],
    );
    expect(rows).toEqual([{ name: 'incident-notices' }]);
  } finally {
    await without.stop();
  }
});

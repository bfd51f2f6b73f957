import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Mailbox, startMailbox } from './mailbox.ts';

let folder: string;
let mailbox: Mailbox;

const put = (id: string, mail: object) => writeFile(path.join(folder, `${id}.json`), JSON.stringify(mail));
const get = async (place: string) => {
  const response = await fetch(mailbox.url + place);
  return {
    status: response.status,
    policy: response.headers.get('content-security-policy'),
    text: await response.text(),
  };
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mailbox-'));
  mailbox = await startMailbox(folder, 0);
  await put('a', {
    notificationId: 'ord_1:order-confirmed',
    from: 'shop@x.example',
    to: 'ann@x.example',
    subject: 'First',
    text: 'one',
    html: '<p>one</p>',
    sentAt: '2026-01-01T10:00:00.000Z',
  });
  await put('b', {
    from: 'shop@x.example',
    to: ['bob@x.example'],
    subject: '<script>alert(1)</script>',
    text: '<b>two',
    html: '<script>alert(2)</script>',
    sentAt: '2026-01-02T10:00:00.000Z',
  });
});

afterEach(async () => {
  await mailbox.close();
  await rm(folder, { recursive: true });
});

describe('the mailbox', () => {
  it('lists mails newest first, and those to one address', async () => {
    const all = JSON.parse((await get('/mails')).text);
    expect([all.count, all.items.map(({ id }: { id: string }) => id)]).toEqual([2, ['b', 'a']]);
    const ann = JSON.parse((await get('/mails?to=ann@x.example')).text);
    expect(ann.items).toEqual([
      {
        id: 'a',
        notificationId: 'ord_1:order-confirmed',
        from: 'shop@x.example',
        to: ['ann@x.example'],
        subject: 'First',
        sentAt: '2026-01-01T10:00:00.000Z',
      },
    ]);
  });

  it('shows what strangers wrote as text on its pages, and as HTML only where no script runs', async () => {
    for (const place of ['/', '/mails/b/view']) {
      const { text, policy } = await get(place);
      expect(text).not.toContain('<script>');
      expect(text).toContain('&#60;script&#62;alert(1)');
      expect(policy).toContain("default-src 'none'");
    }
    const html = await get('/mails/b/html');
    expect(html.text).toBe('<script>alert(2)</script>');
    expect(html.policy).toMatch(/^sandbox; default-src 'none'/);
    expect((await get('/mails/b/view')).text).toContain('<iframe sandbox');
    expect((await get('/mails/b/text')).text).toBe('<b>two');
  });

  it('shows what a chat was told, newest first, as text', async () => {
    expect((await get('/')).text).not.toContain('What the chat was told');
    const chat = path.join(folder, 'chat');
    await mkdir(chat);
    const tell = (id: string, title: string, sentAt: string) =>
      writeFile(
        path.join(chat, `${id}.json`),
        JSON.stringify({
          ...{ version: '1.0', source: 'custom', id, sentAt, metadata: { threadId: 'inc_1' } },
          content: { textType: 'client-markdown', title, description: 'P1', nextSteps: ['Answer'], keywords: [] },
        }),
      );
    await tell('a', 'incident', '2026-01-01T10:00:00.000Z');
    await tell('b', '<script>alert(3)</script>', '2026-01-02T10:00:00.000Z');
    await writeFile(path.join(chat, 'half.json'), '{"content": 1}');
    expect(JSON.parse((await get('/chat')).text).items).toMatchObject([
      { id: 'b' },
      { id: 'a', threadId: 'inc_1', title: 'incident', nextSteps: ['Answer'] },
    ]);
    const { text } = await get('/');
    expect(text).toContain('&#60;script&#62;alert(3)');
    expect(text).not.toContain('<script>');
    expect(JSON.parse((await get('/mails')).text).count).toBe(2);
  });

  it('shows what the topic of sent mails was told, newest first', async () => {
    expect((await get('/')).text).not.toContain('topic of sent mails');
    const told = path.join(folder, 'told');
    await mkdir(told);
    const tell = (id: string, about: object, sentAt: string) =>
      writeFile(
        path.join(told, `${id}.json`),
        JSON.stringify({ version: 1, id, kind: '<b>kind', ...about, messageId: 'm', sentAt }),
      );
    await tell('a', { orderId: 'ord_1' }, '2026-01-01T10:00:00.000Z');
    await tell('b', { accountId: 'usr_1' }, '2026-01-02T10:00:00.000Z');
    await writeFile(path.join(told, 'newer.json'), '{"version": 2}');
    const listed = async () => JSON.parse((await get('/sent-mails')).text).items;
    expect(await listed()).toMatchObject([
      { id: 'b', accountId: 'usr_1' },
      { id: 'a', orderId: 'ord_1' },
    ]);
    await tell('c', { orderId: 'ord_3' }, '2026-01-03T10:00:00.000Z');
    expect(await listed()).toMatchObject([{ id: 'c' }, { id: 'b' }, { id: 'a' }]);
    const { text } = await get('/');
    expect(text).toMatch(/What the topic of sent mails was told[\s\S]*&#60;b&#62;kind<\/td><td>ord_3/);
    expect(JSON.parse((await get('/mails')).text).count).toBe(2);
  });

  it('passes over files that are no mails and refuses names that lead elsewhere', async () => {
    await writeFile(path.join(folder, 'half.json'), '{"to": "ann');
    expect(JSON.parse((await get('/mails')).text).items).toHaveLength(2);
    expect((await get('/mails/..%2F..%2Fsecrets')).status).toBe(404);
    expect((await get('/mails/nobody')).status).toBe(404);
  });

  it('answers no request that was addressed to another name', async () => {
    const status = await new Promise((resolve, reject) =>
      request(`${mailbox.url}/mails`, { headers: { host: 'evil.example' } }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end(),
    );
    expect(status).toBe(403);
  });
});

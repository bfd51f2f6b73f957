/** The shop from outside, against the whole platform on this machine. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createShopClient } from '../../../services/contracts/http/client.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { closedPort } from '../../../services/kit/testing/loopback.ts';
import { type RunningPlatform, startPlatform } from '../../../services/kit/testing/running-platform.ts';
import { readState } from '../../local/state.ts';
import { watchAsStaff } from '../../pipelines/watch-as-staff.ts';
import { services } from '../../services.ts';
import { tellsOf, type WasHandled } from './handled-events.ts';
import { mailedTo } from './sent-mails.ts';
import { verifyOutside } from './verify-outside.ts';
import { declaredPipelines, type PipelineReport } from './verify-pipelines.ts';

let platform: RunningPlatform;
let mailbox: string;
const lines: string[] = [];
beforeAll(async () => {
  platform = await startPlatform();
  mailbox = (await readState(platform.folder)).mailbox;
});
afterAll(() => platform?.stop());

/** The logs of the pods are files on this machine. */
const handledHere: WasHandled = async ({ topic, to }, { traceId }) =>
  tellsOf((await readFile(path.join(platform.folder, 'logs', `${to}.log`), 'utf8')).split('\n'), topic, traceId);

const outside = (more: { url?: string; card?: string } = {}) =>
  verifyOutside({
    url: platform.gateway,
    services,
    card: 'tok_visa',
    wasMailed: mailedTo(mailbox),
    wasHandled: handledHere,
    watchPipelines: watchAsStaff(
      { url: platform.gateway, firstAccount: async () => platform.staff },
      undefined,
      (line) => lines.push(line),
    ),
    progress: (line) => lines.push(line),
    signal: new AbortController().signal,
    ...more,
  });

const asStaff = async () => {
  const api = createShopClient({ baseUrl: platform.gateway });
  const { accessToken: token } = await api.accounts.logIn({ body: platform.staff });
  return async (orderId: string) => (await api.orders.find({ params: { id: orderId } }, { token })).order;
};

test('doors answer, a purchase is paid, its events arrive, and it is cancelled again', async () => {
  const { report, findings } = await outside();
  expect(findings).toEqual([]);
  expect(report.doors).toBeGreaterThan(10);
  expect(lines).toContainEqual(expect.stringMatching(/^[4-9] more doors answer the buyer/));
  expect(report.notTried).toContain('PATCH /api/v1/me');
  // About what no purchase makes.
  expect(report.notTried.filter((door) => /^GET |auth.register|orders$|cancel$/.test(door))).toEqual([
    'GET /api/ai/conversations/{id}',
    'GET /api/v1/reconciliations/{id}',
    'GET /api/v1/reconciliations/{id}/drifts',
    'GET /api/v1/operations/dead-letters/{id}',
    'GET /api/v1/operations/incidents/{id}',
    ...['slow', 'locks', 'pool', 'indexes', 'bloat', 'replication'].map(
      (look) => `GET /api/v1/operations/databases/{name}/${look}`,
    ),
    'POST /api/v1/operations/databases/{name}/cancel',
    'GET /api/v1/operations/analytics/views/{view}',
  ]);
  expect(report.order?.state).toBe('paid');
  expect(report.pipelines.map(({ topic, from, to }) => ({ topic, from, to }))).toEqual(
    declaredPipelines(services).map(({ topic, from, to }) => ({ topic, from, to })),
  );
  const unseen = report.pipelines.filter(({ state, seconds }) => state !== 'seen' || seconds === null);
  // A purchase by somebody who has an account and leaves no cart behind tells nothing of accounts and of reminders.
  const isOfEveryOrder = ({ topic, to }: PipelineReport) =>
    declaredPipelines(services).some((one) => one.isOfEveryOrder && one.topic === topic && one.to === to);
  expect(unseen.filter((one) => isOfEveryOrder(one) || one.state === 'not-seen')).toEqual([]);
  expect(report.standing.map(({ to, status }) => `${to} ${status}`).filter((each) => !each.endsWith(' well'))).toEqual(
    [],
  );
  expect(report.standing.length).toBeGreaterThan(8);
  const orderNow = await asStaff();
  const order = await eventually(
    async () => {
      const found = await orderNow(report.order?.id ?? '');
      expect(found.payment.refunded).toEqual(found.total);
      return found;
    },
    { everyMs: 200 },
  );
  expect(['cancelled', 'refunded']).toContain(order.status);
});

test('a purchase that is not paid is a finding that says how it ended', async () => {
  const { findings } = await outside({ card: 'tok_declined' });
  expect(findings).toEqual([
    { code: 'purchase-failed', problem: expect.stringMatching(/ended as payment-failed \(.*\) instead of paid$/) },
  ]);
});

test('an address where nobody answers is a finding that names it', async () => {
  const { report, findings } = await outside({ url: `http://127.0.0.1:${closedPort}` });
  expect(report.doors).toBe(0);
  expect(findings).toEqual([
    {
      code: 'door-failed',
      problem: expect.stringContaining(`GET http://127.0.0.1:${closedPort}/openapi.json got no answer: `),
    },
  ]);
});

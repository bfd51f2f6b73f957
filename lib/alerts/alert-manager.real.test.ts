/** The configuration of the Alertmanager, read by Alertmanager's own checker. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { runProgram } from '../run-program.ts';
import { partOf } from '../testing/real-part.ts';
import { alertManagerConfiguration } from './alert-manager.ts';

const topics = {
  page: 'arn:aws:sns:us-east-1:111122223333:cloudmart-production-page',
  ticket: 'arn:aws:sns:us-east-1:111122223333:cloudmart-production-ticket',
};
const configuration = alertManagerConfiguration({ region: 'us-east-1', topics, owners: ['order', 'platform'] });

const withFile = async (content: object, work: (file: string) => Promise<void>) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-alert-manager-'));
  const file = path.join(folder, 'alertmanager.yaml');
  try {
    await writeFile(file, stringify(content, { lineWidth: 0 }));
    await work(file);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('amtool takes it, and would have told of a receiver that is not there', async () => {
  await withFile(configuration, async (file) => {
    const { code, output } = await runProgram(partOf('REAL_AMTOOL'), ['check-config', file]);
    expect([code, output]).toEqual([0, expect.stringMatching(/SUCCESS.*3 receivers/s)]);
  });
  const { receivers, ...others } = configuration;
  await withFile({ ...others, receivers: receivers.slice(1) }, async (file) => {
    const { code } = await runProgram(partOf('REAL_AMTOOL'), ['check-config', file]);
    expect(code).not.toBe(0);
  });
});

test.each([
  ['page', 'severity=page', 'alertname=BooksDiffer', 'owner=platform'],
  ['ticket', 'severity=ticket', 'alertname=JobsFail', 'owner=order'],
  ['nobody', 'severity=ticket', 'alertname=MaintenanceOpen', 'away=order', 'owner=operations'],
])('a %s goes to its own topic alone', async (receiver, ...labels) => {
  await withFile(configuration, async (file) => {
    const { code, output } = await runProgram(partOf('REAL_AMTOOL'), [
      'config',
      'routes',
      'test',
      `--config.file=${file}`,
      ...labels,
    ]);
    expect([code, output.trim().split('\n').at(-1)]).toEqual([0, receiver]);
  });
});

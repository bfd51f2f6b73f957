import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PreflightReport } from '../preflight/preflight.ts';
import {
  type ChecklistSources,
  checkAnswers,
  type ItemResult,
  isAutomatic,
  itemsOf,
  runChecklist,
} from './checklist.ts';
import { checklistItems, phases } from './checklist-items.ts';
import { type ChecklistRecord, keepRecord, readAnswers, tallyOf } from './checklist-record.ts';

const NOW = '2026-01-02T03:04:05.000Z';
const names = 'credentials account region configuration images secrets identities certificate domain quotas'.split(' ');

/** A report in which every check passed but these. */
const report = (found: Readonly<Record<string, string>> = {}, left: readonly string[] = []): PreflightReport => ({
  environment: 'staging',
  region: 'us-east-1',
  checks: names.map((check) => ({
    check,
    state: check in found ? 'found' : left.includes(check) ? 'not-checked' : 'passed',
    summary: left.includes(check) ? 'not checked because 9 is the wrong account' : 'fine',
  })),
  images: [],
  notChecked: [],
  findings: Object.entries(found).map(([check, problem]) => ({ check, code: 'secret-missing', problem, command: 'x' })),
});

const sources = (rest: Partial<ChecklistSources> = {}): ChecklistSources => ({
  preflight: async () => report(),
  commit: async () => ({ state: 'done', detail: 'commit abc' }),
  laws: undefined,
  verify: async () => ({ state: 'done', detail: '6 services' }),
  ...rest,
});

const go = async (request: Partial<Parameters<typeof runChecklist>[0]> = {}) => {
  const settled: ItemResult[] = [];
  const results = await runChecklist({
    phase: 'pre',
    sources: sources(),
    answers: {},
    ask: undefined,
    settled: async (result) => {
      settled.push(result);
    },
    now: () => NOW,
    ...request,
  });
  expect(settled).toEqual(results);
  return Object.fromEntries(results.map((result) => [result.id, result]));
};

const yesToAll = Object.fromEntries(
  checklistItems.filter(({ automatic }) => !automatic).map(({ id }) => [id, { answer: 'yes' as const }]),
);

describe('the checklist', () => {
  it('has items with ids of their own in every phase, and asks the pre-flight for checks that it has', () => {
    expect(new Set(checklistItems.map(({ id }) => id)).size).toBe(checklistItems.length);
    for (const phase of phases) expect(itemsOf(phase).length).toBeGreaterThan(3);
    const asked = checklistItems.flatMap(({ automatic }) => (automatic?.by === 'preflight' ? automatic.checks : []));
    expect(asked.filter((check) => !names.includes(check))).toEqual([]);
    expect(names.filter((check) => !asked.includes(check))).toEqual([]);
  });

  it('is done when machines and people say so, and runs the pre-flight once', async () => {
    let runs = 0;
    const results = await go({
      answers: yesToAll,
      sources: sources({
        preflight: async () => {
          runs += 1;
          return report();
        },
      }),
    });
    expect(Object.values(results).filter(({ state }) => state !== 'done')).toEqual([]);
    expect(runs).toBe(1);
    expect(results['images-whole']).toMatchObject({ how: 'machine', detail: 'images: fine', at: NOW });
    expect(results['diff-read']).toMatchObject({ how: 'person', detail: 'yes' });
  });

  it('leaves open what nobody has answered', async () => {
    const results = await go();
    expect(results['backup-fresh']).toMatchObject({ state: 'open', how: 'person', detail: 'nobody has answered' });
    expect(results['commit-clean']?.state).toBe('done');
  });

  it('refuses exactly the items whose check has found something, with what it found', async () => {
    const results = await go({
      sources: sources({ preflight: async () => report({ secrets: 'there is no secret x' }) }),
    });
    expect(results['secrets-real']).toMatchObject({ state: 'refused', detail: 'secret-missing: there is no secret x' });
    expect(results['images-whole']?.state).toBe('done');
  });

  it('leaves open what a machine could not look at, with the reason', async () => {
    const left = await go({ sources: sources({ preflight: async () => report({ account: 'x' }, ['images']) }) });
    expect(left['right-account']?.state).toBe('refused');
    expect(left['images-whole']).toMatchObject({ state: 'open', detail: expect.stringMatching(/wrong account/) });
    const failed = await go({ sources: sources({ preflight: () => Promise.reject(new Error('no such file')) }) });
    expect(failed['images-whole']).toMatchObject({ state: 'open', detail: 'could not look: no such file' });
  });

  it('asks only what was not answered beforehand, and keeps a no with its remark', async () => {
    const asked: string[] = [];
    const results = await go({
      answers: { 'diff-read': { answer: 'no', note: 'a database is replaced' } },
      ask: async ({ id }) => {
        asked.push(id);
        return id === 'backup-fresh' ? undefined : { answer: 'yes' };
      },
    });
    expect(asked).not.toContain('diff-read');
    expect(results['diff-read']).toMatchObject({ state: 'refused', detail: 'no: a database is replaced' });
    expect(results['backup-fresh']?.state).toBe('open');
    expect(results['people-told']?.state).toBe('done');
  });

  it('asks a person about the laws only where no machine can look', async () => {
    const laws = itemsOf('post').find(({ id }) => id === 'laws-hold');
    if (!laws) throw new Error('no such item');
    expect(isAutomatic(laws, sources())).toBe(false);
    const broken = async () => ({ state: 'refused', detail: 'L3 (1): one key, one charge' }) as const;
    const results = await go({ phase: 'post', sources: sources({ laws: broken }) });
    expect(results['laws-hold']).toMatchObject({
      state: 'refused',
      how: 'machine',
      detail: expect.stringMatching(/L3/),
    });
  });

  it('refuses answers to what it does not ask, or what a machine tells', () => {
    expect(() => checkAnswers('pre', ['diff-read'], sources())).not.toThrow();
    expect(() => checkAnswers('pre', ['diff'], sources())).toThrow(
      /no item "diff" in phase pre; known are commit-clean/,
    );
    expect(() => checkAnswers('pre', ['images-whole'], sources())).toThrow(/told by a machine/);
  });
});

describe('the record of a checklist', () => {
  let place: string;
  beforeEach(async () => {
    place = await mkdtemp(path.join(tmpdir(), 'checklist-'));
  });
  afterEach(() => rm(place, { recursive: true }));

  const record = async (): Promise<ChecklistRecord> => ({
    environment: 'staging',
    phase: 'pre',
    by: 'A person',
    startedAt: NOW,
    commit: 'abc',
    items: Object.values(await go({ answers: { 'diff-read': { answer: 'no', note: 'a | b' } } })).slice(0, 9),
  });

  it('is kept as JSON and as a page, and counts what was not reached as open', async () => {
    const whole = await record();
    const file = await keepRecord(path.join(place, 'deep', 'er'), whole);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(whole);
    const { done, refused, open } = tallyOf(whole);
    expect([done, refused, done + refused + open]).toEqual([7, 1, itemsOf('pre').length]);
    const page = await readFile(file.replace('.json', '.md'), 'utf8');
    expect(page).toContain(`7 done, 1 refused, ${open} open.`);
    expect(page).toMatch(/\| diff-read \| refused \| person \|.*\| no: a \\\| b \|/);
  });

  it('replaces itself and leaves nothing beside', async () => {
    const whole = await record();
    await keepRecord(place, { ...whole, items: [] });
    await keepRecord(place, whole);
    expect((await readdir(place)).sort()).toEqual([
      '2026-01-02T03-04-05-000Z-staging-pre.json',
      '2026-01-02T03-04-05-000Z-staging-pre.md',
    ]);
  });

  it.each([
    ['{"diff-read": "yes", "backup-fresh": {"answer": "no", "note": "old"}}', undefined],
    ['{"diff-read": "maybe"}', /diff-read: /],
    ['yes', /holds no answers: /],
  ])('takes answers from a file: %s', async (text, problem) => {
    const file = path.join(place, 'answers.json');
    await writeFile(file, text);
    if (problem) await expect(readAnswers(file)).rejects.toThrow(problem);
    else
      expect(await readAnswers(file)).toEqual({
        'diff-read': { answer: 'yes' },
        'backup-fresh': { answer: 'no', note: 'old' },
      });
  });
});

/** The record of a checklist: JSON for machines, Markdown for people, both replaced whole after every item. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../write-file-atomically.ts';
import type { ItemResult, PersonAnswer } from './checklist.ts';
import { itemsOf } from './checklist.ts';
import type { phases } from './checklist-items.ts';

export type ChecklistRecord = {
  readonly environment: string;
  readonly phase: (typeof phases)[number];
  /** Who went through the list. */
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Commit that is deployed. */
  readonly commit: string;
  readonly items: readonly ItemResult[];
};

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

/** Items of each state; what was not reached is open. */
export const tallyOf = ({ phase, items }: ChecklistRecord) => {
  const count = (wanted: ItemResult['state']) => items.filter(({ state }) => state === wanted).length;
  const [done, refused] = [count('done'), count('refused')];
  return { done, refused, open: itemsOf(phase).length - done - refused };
};

const markdown = (record: ChecklistRecord): string => {
  const { done, refused, open } = tallyOf(record);
  const rows = record.items.map(
    ({ id, state, how, statement, detail, at }) =>
      `| ${id} | ${state} | ${how} | ${cell(statement)} | ${cell(detail)} | ${at} |`,
  );
  return [
    `# ${record.environment}: ${record.phase}-deployment checklist`,
    '',
    `Commit \`${record.commit}\`, by ${record.by}, started ${record.startedAt}.`,
    `${done} done, ${refused} refused, ${open} open.`,
    '',
    '| item | state | told by | what must be true | what was seen or said | at |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
};

/** Writes a record below a folder and returns the JSON file's path; the Markdown lies beside it. */
export const keepRecord = async (folder: string, record: ChecklistRecord): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const stem = `${record.startedAt.replaceAll(/[:.]/g, '-')}-${record.environment}-${record.phase}`;
  await writeFileAtomically(path.join(folder, `${stem}.md`), markdown(record));
  const file = path.join(folder, `${stem}.json`);
  await writeFileAtomically(file, `${JSON.stringify(record, null, 2)}\n`);
  return file;
};

const answerShape = z.union([
  z.enum(['yes', 'no']).transform((answer): PersonAnswer => ({ answer })),
  z
    .strictObject({ answer: z.enum(['yes', 'no']), note: z.string().optional() })
    .transform(({ answer, note }): PersonAnswer => ({ answer, note })),
]);
const answersShape = z.record(z.string(), answerShape);

/** Answers of a file: `{"<item>": "yes" | "no" | {"answer": "yes", "note": "..."}}`. Throws one sentence when it is none. */
export const readAnswers = async (file: string): Promise<Readonly<Record<string, PersonAnswer>>> => {
  try {
    return answersShape.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (problem) {
    const [issue] = problem instanceof z.ZodError ? problem.issues : [];
    const detail = issue ? `${issue.path.join('.')}: ${issue.message}` : (problem as Error).message;
    throw new Error(
      `${file} holds no answers: ${detail}; write {"<item>": "yes"} or {"<item>": {"answer": "no", "note": "why"}}`,
    );
  }
};

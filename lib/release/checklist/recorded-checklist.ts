import { type ChecklistRequest, type ItemResult, runChecklist } from './checklist.ts';
import { type ChecklistRecord, keepRecord } from './checklist-record.ts';

export type RecordedRequest = Omit<ChecklistRequest, 'settled' | 'now'> &
  Pick<ChecklistRecord, 'environment' | 'by' | 'commit'> & {
    /** Folder that keeps the records. */
    readonly folder: string;
    /** Told of each item once the record holds it. */
    readonly onKept: (result: ItemResult) => void;
    readonly signal: AbortSignal;
  };

export type RecordedChecklist = {
  readonly record: ChecklistRecord;
  /** JSON file of the record. */
  readonly file: string;
  /** Whether the signal ended it; the items that were settled before are kept. */
  readonly isInterrupted: boolean;
};

/**
 * Goes through a list and keeps its record after every item. When the signal is aborted it returns at once; a source that is
 * still at work has no say any more, but only the end of the process stops it.
 */
export const runRecordedChecklist = async (request: RecordedRequest): Promise<RecordedChecklist> => {
  const { environment, phase, by, commit, folder, onKept, signal } = request;
  const now = () => new Date().toISOString();
  let record: ChecklistRecord = { environment, phase, by, startedAt: now(), commit, items: [] };
  let file = await keepRecord(folder, record);
  const work = runChecklist({
    ...request,
    now,
    settled: async (result) => {
      if (signal.aborted) return;
      record = { ...record, items: [...record.items, result] };
      file = await keepRecord(folder, record);
      onKept(result);
    },
  });
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
  await Promise.race([work, stopped]);
  return { record, file, isInterrupted: signal.aborted };
};

/** The mark of a data folder that a backup is being put into. */
import { stat } from 'node:fs/promises';
import type { DataFolder } from '../local/data-folder.ts';
import { StartRefused } from '../local/start-refused.ts';

/** File that is there from the first to the last change of a restore. */
export const RESTORING = 'restoring.json';

/** Refuses to start on a folder whose restore was cut off: half of it is of another time. */
export const requireWholeRestore = async (folder: Pick<DataFolder, 'path' | 'at'>): Promise<void> => {
  const isThere = await stat(folder.at(RESTORING)).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new StartRefused(
      'data.half-restored',
      `a restore into ${folder.path} was cut off; run "npx cloudmart backup restore" again, which begins anew and keeps what is there beside`,
    );
};

/** Plants a bug into the modules of this process as they are loaded. The files stay as they are. */
import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../checkout.ts';
import { type PlantedBug, withEdits } from '../planted/planted-bug.ts';

export type Planted = {
  /** Throws unless every file of the bug was loaded, and so changed. */
  requireGrown(): void;
};

/** To be called before the modules that it changes are loaded. */
export const plant = (bug: PlantedBug): Planted => {
  const waiting = new Set(bug.edits.map(({ file }) => file));
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      const file = url.startsWith('file:') ? path.relative(root, fileURLToPath(url)) : '';
      if (!bug.edits.some((edit) => edit.file === file)) return loaded;
      waiting.delete(file);
      return { ...loaded, source: withEdits(bug, file, Buffer.from(loaded.source as Uint8Array).toString()) };
    },
  });
  return {
    requireGrown: () => {
      if (waiting.size > 0) throw new Error(`${bug.name} was not planted: nobody loaded ${[...waiting].join(', ')}`);
    },
  };
};

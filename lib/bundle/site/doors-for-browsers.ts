import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';
import type { Door, Doors } from '../../../services/contracts/http/door.ts';

const tableOfDoors = /\/services\/contracts\/http\/(?:[\w-]+\/)?[\w-]+-doors\.ts$/;

/** What the client of services/contracts/http/client.ts reads of a door; its schemas are checked by the door itself. */
const askedOf = ({ method, path, deadlineMs, newGuest, answerHeaders, events }: Door) => ({
  method,
  path,
  deadlineMs,
  newGuest,
  ...(answerHeaders && {
    answerHeaders: { shape: Object.fromEntries(Object.keys(answerHeaders.shape).map((name) => [name, {}])) },
  }),
  ...(events && { events: { name: events.name } }),
});

/**
 * Gives pages the tables of doors without schemas and their library: a page asks by them and checks nothing, and a quarter of what
 * it may load at first would be schemas (33 of 120 kB, compressed).
 */
export const doorsForBrowsers = (): Plugin => ({
  name: 'doors-for-browsers',
  load: {
    filter: { id: tableOfDoors },
    handler: async (id) => {
      const tables = (await import(pathToFileURL(id).href)) as Readonly<Record<string, Doors>>;
      return Object.entries(tables)
        .map(([table, doors]) => {
          const asked = Object.fromEntries(Object.entries(doors).map(([name, door]) => [name, askedOf(door)]));
          return `export const ${table} = ${JSON.stringify(asked)};`;
        })
        .join('\n');
    },
  },
});

/** What pages read of who works for the shop; for administrators. */

import { cursorPages } from '../../site-kit/api/cursor-pages.ts';
import { shop } from './shop.ts';

/** Everybody with a role, newest account first. */
export const staffPagesQuery = cursorPages({
  queryKey: ['staff', 'pages'],
  ask: async (page, options) => (await shop()).staff.list({ query: page }, options),
});

/** Which role was given to whom or taken away, newest first. */
export const staffChangePagesQuery = cursorPages({
  queryKey: ['staff', 'changes'],
  ask: async (page, options) => (await shop()).staff.changes({ query: page }, options),
});

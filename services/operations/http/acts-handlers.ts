import type { actsDoors } from '../../contracts/http/operations/acts-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { fitPage } from '../../kit/values/fit-page.ts';
import { isId } from '../../kit/values/identifiers.ts';
import { cursorMalformed } from '../domain/operations-refusals.ts';
import type { ActRepository } from '../storage/act-repository.ts';

/** What the door of the audit trail does. */
export const actsHandlers = (acts: Pick<ActRepository, 'list'>): DoorHandlers<typeof actsDoors> => ({
  acts: async ({ query: { limit, cursor } }) => {
    if (cursor !== undefined && !isId('act', cursor)) throw cursorMalformed();
    const { items, hasMore } = fitPage(await acts.list(limit + 1, cursor), limit);
    return { items, nextCursor: hasMore ? (items.at(-1)?.id ?? null) : null };
  },
});

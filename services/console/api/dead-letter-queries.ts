/** What pages read of records that a consumer could not handle. */
import { queryOptions } from '@tanstack/react-query';
import type { DeadLetterState } from '../../contracts/http/operations/dead-letters-api.ts';
import { cursorPages } from '../../site-kit/api/cursor-pages.ts';
import { operations } from './operations.ts';

/** What was decided about a dead letter, by the name that staff read. */
export const letterStates: Readonly<Record<DeadLetterState, string>> = {
  new: 'undecided',
  reviewed: 'may be replayed',
  replaying: 'on its way back',
  replayed: 'replayed',
  discarded: 'discarded',
  gone: 'gone',
};

/** A list of dead letters as the address spells it. */
export type LetterSearch = { readonly state?: DeadLetterState };
export const letterSearchOf = ({ state }: Record<string, unknown>): LetterSearch => {
  const known = (Object.keys(letterStates) as DeadLetterState[]).find((one) => one === state);
  return known === undefined ? {} : { state: known };
};

/** Dead letters, newest first. */
export const letterPagesQuery = ({ state }: LetterSearch) =>
  cursorPages({
    queryKey: ['operations', 'dead-letters', 'pages', state],
    ask: async (page, options) =>
      (await operations()).deadLetters(
        {
          query: {
            ...page,
            ...(state !== undefined && { state }),
          },
        },
        options,
      ),
  });

/** One dead letter, with its record. */
export const letterQuery = (id: string) =>
  queryOptions({
    queryKey: ['operations', 'dead-letters', 'one', id],
    queryFn: async ({ signal }) => (await operations()).deadLetter({ params: { id } }, { signal }),
  });

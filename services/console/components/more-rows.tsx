import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { useFormats } from '../../site-kit/messages/site-words.tsx';

export type MoreRowsProps = {
  readonly query: Pick<UseInfiniteQueryResult, 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'>;
  /** Rows that are there. */
  readonly shown: number;
};

/** How many rows are shown, and the way to more. */
export const MoreRows = ({ query, shown }: MoreRowsProps) => {
  const { number } = useFormats();
  return (
    <div className="more">
      <p role="status" className="fine">
        {query.hasNextPage ? `${number(shown)} shown` : `${number(shown)} in all`}
      </p>
      {query.hasNextPage && (
        <button
          type="button"
          className="button quiet"
          aria-disabled={query.isFetchingNextPage}
          onClick={() => void (query.isFetchingNextPage || query.fetchNextPage())}
        >
          Show more
        </button>
      )}
    </div>
  );
};

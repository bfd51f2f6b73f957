import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../../contracts/http/ask.ts';
import type { OrderStatus } from '../../contracts/http/order-api.ts';
import { orderQuery, timelineQuery } from './queries.ts';
import { shop } from './shop.ts';

/** Whether a purchase is not decided yet; until then the shop tells each change. */
export const isUndecided = (status: OrderStatus): boolean => status === 'pending' || status === 'stock-reserved';

/** Milliseconds before a broken stream is opened again, where the shop does not say for how long. */
const pauseMs = 2_000;

/**
 * Keeps an order on the page as the shop tells of it, until its purchase is decided; one that is decided at first is not watched. `isLive` is false while the stream is broken, and
 * what is shown may be old. A stream that breaks is opened again where it ended.
 */
export const useWatchedOrder = (id: string, isWatched: boolean): { readonly isLive: boolean } => {
  const queries = useQueryClient();
  const [isLive, setLive] = useState(true);
  // The shop ends the stream itself once nothing can follow.
  const beginsOpen = useRef(isWatched);
  useEffect(() => {
    if (!beginsOpen.current) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    const watch = async () => {
      let after = 0;
      let isDecided = false;
      while (!signal.aborted) {
        let pause = pauseMs;
        try {
          const { orders } = await shop();
          for await (const { id: sequence, data } of orders.watch({ params: { id } }, { after, signal })) {
            after = sequence;
            isDecided = !isUndecided(data.order.status);
            setLive(true);
            queries.setQueryData(orderQuery(id).queryKey, data.order);
            void queries.invalidateQueries({ queryKey: timelineQuery(id).queryKey }, { cancelRefetch: false });
          }
          // Whatever stands between may end a stream, too.
          if (isDecided) return;
          setLive(false);
        } catch (problem) {
          if (signal.aborted || (problem instanceof ApiProblem && problem.status < 500 && problem.status !== 429))
            return;
          if (problem instanceof ApiProblem && problem.retryAfterSeconds !== undefined)
            pause = problem.retryAfterSeconds * 1_000;
          setLive(false);
        }
        await new Promise((resume) => setTimeout(resume, pause));
      }
    };
    void watch();
    return () => leaving.abort();
  }, [id, queries]);
  return { isLive };
};

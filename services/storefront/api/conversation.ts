/** One conversation of a tab with the assistant: kept by the shop, found again after a reload by its id, which the tab keeps. */
import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiProblem } from '../../contracts/http/ask.ts';
import type { Source } from '../../contracts/http/assistant-api.ts';
import { assistantDoors } from '../../contracts/http/assistant-doors.ts';
import { createDoorClient } from '../../contracts/http/client.ts';
import { openDoors } from '../../site-kit/api/reader.ts';
import { noteSessionEnd } from './session-end.ts';

// The paths of the assistant stand at the root of the page's own origin.
const assistant = openDoors((reader) => createDoorClient(assistantDoors, { ...reader, baseUrl: '' }));

export type Turn = {
  readonly message: string;
  /** As far as it is written. */
  readonly answer: string;
  readonly sources: readonly Source[];
  /** When it was asked, ISO 8601. */
  readonly at: string;
};

const place = 'conversation';

/** The conversation is forgotten, or was one of whoever used this tab before. */
const isForgotten = (problem: unknown) => problem instanceof ApiProblem && problem.code === 'conversation.unknown';

/** The conversation takes no more questions. A new one knows nothing of it, so whoever asks says when it begins. */
export const isFull = (problem: unknown): boolean =>
  problem instanceof ApiProblem && problem.code === 'conversation.full';

const begin = async (): Promise<string> => {
  const { conversationId } = await (await assistant()).start({ body: {} });
  sessionStorage.setItem(place, conversationId);
  return conversationId;
};

/** What was said in this tab; nothing yet where there is no conversation. */
export const conversationQuery = queryOptions({
  queryKey: ['conversation'],
  queryFn: async ({ signal }): Promise<readonly Turn[]> => {
    const id = sessionStorage.getItem(place);
    if (id === null) return [];
    try {
      return (await (await assistant()).history({ params: { id } }, { signal })).turns;
    } catch (problem) {
      if (!isForgotten(problem)) throw problem;
      sessionStorage.removeItem(place);
      return [];
    }
  },
  // What was asked here is added here; nobody else speaks in this conversation.
  staleTime: Number.POSITIVE_INFINITY,
});

const begun = (message: string): Turn => ({ message, answer: '', sources: [], at: new Date().toISOString() });

/** Asks, in a new conversation where there is none or the old one is forgotten, and tells each part of the answer. */
const answerTo = async (message: string, told: (turn: Turn) => void): Promise<Turn> => {
  const askIn = async (conversationId: string) => {
    let turn = begun(message);
    let isWhole = false;
    for await (const { data } of (await assistant()).stream({ body: { conversationId, message } })) {
      turn = data.whole
        ? { ...turn, answer: data.whole.answer, sources: data.whole.sources }
        : { ...turn, answer: turn.answer + data.text };
      isWhole = data.whole !== null;
      told(turn);
    }
    // A stream that ends early ends like any other; only the last part says that it is the last.
    if (!isWhole) throw new Error('the answer broke off');
    return turn;
  };
  const known = sessionStorage.getItem(place);
  try {
    return await askIn(known ?? (await begin()));
  } catch (problem) {
    if (known === null || !isForgotten(problem)) throw problem;
    return askIn(await begin());
  }
};

/** The question that is being answered, and how to ask one. A refused question is handed back, to be asked again. */
export const useConversation = () => {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Turn | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const isBusy = useRef(false);
  /** Resolves to whether it was answered. */
  const ask = async (message: string): Promise<boolean> => {
    if (isBusy.current) return false;
    isBusy.current = true;
    setProblem(null);
    setAsked(begun(message));
    try {
      const turn = await answerTo(message, setAsked);
      queries.setQueryData(conversationQuery.queryKey, (turns = []) => [...turns, turn]);
      return true;
    } catch (refused) {
      setProblem(refused);
      noteSessionEnd(queries, refused);
      return false;
    } finally {
      isBusy.current = false;
      setAsked(null);
    }
  };
  /** Leaves the conversation, and with it what was said; the next question begins another. */
  const leave = () => {
    sessionStorage.removeItem(place);
    setProblem(null);
    queries.setQueryData(conversationQuery.queryKey, []);
  };
  return { asked, problem, ask, leave };
};

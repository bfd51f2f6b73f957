import { onlineManager } from '@tanstack/react-query';
import { ApiProblem } from '../../contracts/http/ask.ts';
import { useFormats, useSiteWords } from './site-words.tsx';

/** When the shop asks to be asked again, in the reader's words; undefined where it does not say. */
export const useWait = () => {
  const { wait } = useFormats();
  return (problem: unknown): string | undefined =>
    problem instanceof ApiProblem && problem.retryAfterSeconds !== undefined
      ? wait(problem.retryAfterSeconds)
      : undefined;
};

/** What is said of a failure that has no words of its own: nobody is connected, the shop asks to wait, or it does not answer. */
export const useFailureWords = () => {
  const { states } = useSiteWords();
  const waitOf = useWait();
  return (problem: unknown): { readonly title: string; readonly text: string } => {
    if (!(problem instanceof ApiProblem) && !onlineManager.isOnline())
      return { title: states.offline, text: states.offlineRetry };
    if (problem instanceof ApiProblem && problem.status === 429)
      return { title: states.tooMany, text: states.tooManyText(waitOf(problem)) };
    return { title: states.failed, text: states.failedText };
  };
};

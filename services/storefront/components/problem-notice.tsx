import { ApiProblem } from '../../contracts/http/ask.ts';
import { useBuyingMessages, useMessages } from '../messages/language.tsx';

/** What the shop refused, in the reader's words, beside what was asked for. Nothing without a problem. */
export const ProblemNotice = ({ problem }: { readonly problem: unknown }) => {
  const { problems } = useBuyingMessages();
  const { states } = useMessages();
  if (!problem) return null;
  const said = problem instanceof ApiProblem ? problems[problem.code] : undefined;
  const isTooMany = problem instanceof ApiProblem && problem.status === 429;
  return (
    <p className="notice bad" role="alert">
      {said ?? (isTooMany ? `${states.tooMany}. ${states.tooManyText}` : `${states.failed}. ${states.failedText}`)}
    </p>
  );
};

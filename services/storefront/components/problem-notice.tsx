import { ApiProblem } from '../../contracts/http/ask.ts';
import { useBuyingMessages, useMessages } from '../messages/language.tsx';

/** What the shop refused, in the reader's words, beside what was asked for. Nothing without a problem. */
export const ProblemNotice = ({ problem }: { readonly problem: unknown }) => {
  const { problems } = useBuyingMessages();
  const { states } = useMessages();
  if (!problem) return null;
  const said = problem instanceof ApiProblem ? problems[problem.code] : undefined;
  const status = problem instanceof ApiProblem ? problem.status : undefined;
  const byStatus = () => {
    if (status === 429) return `${states.tooMany}. ${states.tooManyText}`;
    if (status === 400 || status === 422) return problems['request.invalid'];
    return `${states.failed}. ${states.failedText}`;
  };
  return (
    <p className="notice bad" role="alert">
      {said ?? byStatus()}
    </p>
  );
};

import { ApiProblem } from '../../contracts/http/ask.ts';
import { useFailureWords } from '../../site-kit/messages/failure-words.ts';
import { useBuyingMessages } from '../messages/language.tsx';

/** What the shop refused, in the reader's words, beside what was asked for. Nothing without a problem. */
export const ProblemNotice = ({ problem }: { readonly problem: unknown }) => {
  const { problems } = useBuyingMessages();
  const wordsOf = useFailureWords();
  if (!problem) return null;
  const said = () => {
    if (problem instanceof ApiProblem) {
      const own = problems[problem.code];
      if (own) return own;
      if (problem.status === 400 || problem.status === 422) return problems['request.invalid'];
    }
    const { title, text } = wordsOf(problem);
    return `${title}. ${text}`;
  };
  return (
    <p className="notice bad" role="alert">
      {said()}
    </p>
  );
};

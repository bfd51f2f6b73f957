import { ApiProblem } from '../../contracts/http/ask.ts';
import { useSiteWords } from '../../site-kit/messages/site-words.tsx';

/** Refusals that say less to staff than these words. */
const said: Readonly<Record<string, string>> = {
  'auth.invalid-credentials': 'E-mail or password is wrong.',
  'auth.session-ended': 'Your session has ended. Sign in again.',
  'token.expired': 'Your session has ended. Sign in again.',
};

/** What was refused, as the shop itself says it, beside what was asked for. Nothing without a problem. */
export const Refusal = ({ problem }: { readonly problem: unknown }) => {
  const { states } = useSiteWords();
  if (!problem) return null;
  const { code, problem: document } = problem instanceof ApiProblem ? problem : {};
  const fields = document?.errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
  return (
    <div className="notice bad" role="alert">
      <p>
        {said[code ?? ''] ??
          document?.detail ??
          `${states.failed}. Whether it was done is not known: look before you ask again.`}
      </p>
      {fields && <p>{fields}</p>}
      {document?.traceId && <p className="fine">{states.reference(document.traceId)}</p>}
    </div>
  );
};

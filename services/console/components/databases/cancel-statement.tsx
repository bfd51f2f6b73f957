import { useQueryClient } from '@tanstack/react-query';
import type { DatabaseSession } from '../../../contracts/http/operations/database-sessions-api.ts';
import { useReader } from '../../../site-kit/api/session.ts';
import { textOf } from '../../../site-kit/components/site-form.tsx';
import { operations } from '../../api/operations.ts';
import { ReasonField } from '../reason-field.tsx';
import { RehearsedAct } from '../rehearsed-act.tsx';

export type CancelStatementProps = { readonly database: string; readonly session: DatabaseSession };

/** Cancels what a session does now; for administrators, and nothing where nothing runs. */
export const CancelStatement = ({ database, session: { pid, queryStart, state } }: CancelStatementProps) => {
  const reader = useReader();
  const queries = useQueryClient();
  if (queryStart === null || state !== 'active' || !reader?.roles.includes('admin')) return null;
  const ask = async (form: FormData, dryRun: boolean) =>
    (await operations()).cancelStatement({
      params: { name: database },
      body: { pid, queryStart, dryRun, reason: textOf(form, 'reason') ?? '' },
    });
  return (
    <RehearsedAct
      name={`Cancel ${pid}`}
      effects={[
        'Its transaction fails, and its connection stays.',
        'A later statement of the same connection is left alone.',
      ]}
      rehearse={async (form) => {
        const { session } = await ask(form, true);
        return { words: [`${session.application} as ${session.role}: ${session.query}`], isWorthDoing: true };
      }}
      act={async (form) => {
        const { isCancelled } = await ask(form, false);
        return isCancelled ? 'The statement was cancelled.' : 'The server did not take it; look again.';
      }}
      onDone={() => queries.invalidateQueries({ queryKey: ['operations', 'databases', database] })}
    >
      <ReasonField />
    </RehearsedAct>
  );
};

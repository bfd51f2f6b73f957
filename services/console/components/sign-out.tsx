import { sessions, useReader } from '../../site-kit/api/session.ts';
import { useSessionChange } from '../../site-kit/api/session-change.ts';
import { forgetReader } from '../api/forget-reader.ts';

/** Who is signed in, and the way out. Nothing for nobody. */
export const SignOut = () => {
  const reader = useReader();
  const leave = useSessionChange(async () => {
    await (await sessions()).end();
    return null;
  }, forgetReader);
  if (!reader) return null;
  return (
    <div className="who">
      <span dir="auto">{reader.email}</span>
      <button
        type="button"
        className="text-button"
        aria-disabled={leave.isPending}
        onClick={() => leave.isPending || leave.mutate(undefined)}
      >
        Sign out
      </button>
    </div>
  );
};

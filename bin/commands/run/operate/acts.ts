import type { Act } from '../../../../lib/shop/operations-views.ts';
import { toldRows, toSecond } from '../../../command-line/labelled.ts';
import { paint, print } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { ActsFlags } from '../../operate/acts.ts';

const outcomeOf = ({ outcome }: Act): string => {
  if (outcome === null) return paint('doubtful', 'under way');
  return paint(outcome === 'done' ? 'good' : 'bad', outcome);
};

/** Prints the newest acts of the audit trail. */
export const runActs = async (flags: ActsFlags): Promise<void> => {
  const items = await signedInAsStaff(flags, async ({ operations }) => {
    const acts: Act[] = [];
    for (let cursor: string | null | undefined; cursor !== null && acts.length < flags.limit; ) {
      const page = await operations.acts({ query: { cursor, limit: Math.min(100, flags.limit - acts.length) } });
      acts.push(...page.items);
      cursor = page.nextCursor;
    }
    return acts;
  });
  print(flags.json, { items }, () => {
    if (items.length === 0) return ['nobody has done anything yet'];
    return toldRows([
      { cells: ['when', 'who', 'what'], text: 'came to, why: to what' },
      ...items.map((act) => ({
        cells: [toSecond(act.begunAt), act.actor, act.act],
        text: `${outcomeOf(act)}, ${act.reason}: ${JSON.stringify(act.subject)}`,
      })),
    ]);
  });
};

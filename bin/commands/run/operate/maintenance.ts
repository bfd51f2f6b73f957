import type { MaintenanceWindow } from '../../../../lib/shop/operations-views.ts';
import { type AdminSession, allOf } from '../../../../lib/shop/staff-session.ts';
import { type ToldRow, toldRows, toSecond } from '../../../command-line/labelled.ts';
import { type Mood, paint, print } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { MaintenanceAction, MaintenanceFlags } from '../../operate/maintenance.ts';

const moods: Readonly<Record<MaintenanceWindow['state'], Mood>> = {
  announced: 'good',
  open: 'doubtful',
  over: 'aside',
};

const rowOf = ({
  id,
  state,
  beginsAt,
  endsAt,
  closedAt,
  services,
  isAnnouncedInTime,
  title,
}: MaintenanceWindow): ToldRow => ({
  cells: [id, paint(moods[state], state), isAnnouncedInTime ? '' : paint('doubtful', 'announced late')],
  text: `${toSecond(beginsAt)} to ${toSecond(closedAt ?? endsAt)}, ${services.join(', ') || 'everything'}: ${title}`,
});

const change = async (
  { operations }: AdminSession,
  id: string | undefined,
  { text = '', minutes = 60, from, service }: MaintenanceFlags,
): Promise<MaintenanceWindow> => {
  if (id !== undefined) return (await operations.closeWindow({ params: { id } })).window;
  const services = service === undefined ? [] : [service];
  const { body } = await operations.openWindow({ body: { title: text, minutes, services, beginsAt: from } });
  return body.window;
};

/** Does one thing about maintenance windows, as staff of the shop. */
export const runMaintenance = (
  action: MaintenanceAction,
  id: string | undefined,
  flags: MaintenanceFlags,
): Promise<void> =>
  signedInAsStaff(flags, async (session) => {
    if (action !== 'list') {
      const window = await change(session, id, flags);
      return print(flags.json, { window }, () => toldRows([rowOf(window)]));
    }
    const items = await allOf((query) => session.operations.windows({ query }));
    print(flags.json, { items }, () => (items.length === 0 ? ['no maintenance windows'] : toldRows(items.map(rowOf))));
  });

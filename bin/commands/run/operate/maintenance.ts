import type { MaintenanceWindow } from '../../../../lib/shop/operations-views.ts';
import { type AdminSession, allOf } from '../../../../lib/shop/staff-session.ts';
import { columns, type Mood, paint, print } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { MaintenanceAction, MaintenanceFlags } from '../../operate/maintenance.ts';

const moods: Readonly<Record<MaintenanceWindow['state'], Mood>> = {
  announced: 'good',
  open: 'doubtful',
  over: 'aside',
};

const rowOf = (window: MaintenanceWindow): string[] => [
  window.id,
  paint(moods[window.state], window.state),
  `${window.beginsAt} to ${window.closedAt ?? window.endsAt}`,
  window.services.join(', ') || 'everything',
  window.isAnnouncedInTime ? '' : paint('doubtful', 'announced late'),
  window.title,
];

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
      return print(flags.json, { window }, () => columns([rowOf(window)]));
    }
    const items = await allOf((query) => session.operations.windows({ query }));
    print(flags.json, { items }, () => (items.length === 0 ? ['no maintenance windows'] : columns(items.map(rowOf))));
  });

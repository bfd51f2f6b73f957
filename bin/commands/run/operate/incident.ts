import { incidentReport } from '../../../../lib/shop/incident-report.ts';
import type { Incident, IncidentNote } from '../../../../lib/shop/operations-views.ts';
import { type AdminSession, allOf } from '../../../../lib/shop/staff-session.ts';
import { type ToldRow, toldRows, toSecond } from '../../../command-line/labelled.ts';
import { paint, print } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { IncidentAction, IncidentFlags } from '../../operate/incident.ts';

type Told = { readonly incident: Incident; readonly timeline: readonly IncidentNote[] };

const stateOf = ({ state, isLate }: Incident): string => {
  if (state === 'closed') return paint('aside', 'closed');
  if (state === 'acknowledged') return paint('doubtful', 'answered');
  return paint('bad', isLate ? 'open, late' : 'open');
};

const rowOf = (incident: Incident): ToldRow => {
  const { id, severity, state, openedAt, answerBy, closedAt, title } = incident;
  const next = state === 'open' ? `answer by ${toSecond(answerBy)}` : closedAt && `closed ${toSecond(closedAt)}`;
  return { cells: [id, severity, stateOf(incident), next ?? '-'], text: `${toSecond(openedAt)}: ${title}` };
};

const list = async ({ operations }: AdminSession, { json }: IncidentFlags) => {
  const items = await allOf((query) => operations.incidents({ query }));
  print(json, { items }, () => (items.length === 0 ? [paint('good', 'no incidents')] : toldRows(items.map(rowOf))));
  if (items.some(({ state }) => state !== 'closed')) process.exitCode = 1;
};

const change = async (
  { operations }: AdminSession,
  action: 'open' | 'ack' | 'note' | 'close',
  id: string,
  { severity, text = '' }: IncidentFlags,
): Promise<Told> => {
  const params = { id };
  if (action === 'close') return operations.closeIncident({ params, body: { text } });
  if (action === 'ack')
    return operations.noteIncident({ params, body: { text: text || 'at it', acknowledge: true, severity } });
  if (action === 'note') return operations.noteIncident({ params, body: { text, acknowledge: false, severity } });
  const opened = { severity, title: text.slice(0, 200), text };
  return (await operations.openIncident({ body: opened })).body;
};

/** Does one thing about incidents, as staff of the shop. */
export const runIncident = async (action: IncidentAction, id = '', flags: IncidentFlags): Promise<void> => {
  await signedInAsStaff(flags, async (session) => {
    if (action === 'list') return list(session, flags);
    if (action === 'report') {
      const told = await session.operations.incident({ params: { id } });
      return print(flags.json, told, () => incidentReport(told.incident, told.timeline));
    }
    const told = await change(session, action, id, flags);
    print(flags.json, told, () => toldRows([rowOf(told.incident)]));
  });
};

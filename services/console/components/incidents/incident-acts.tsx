import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { incidentReport } from '../../../contracts/http/operations/incident-report.ts';
import type { Incident, IncidentNote, Severity } from '../../../contracts/http/operations/incidents-api.ts';
import { severities } from '../../../contracts/http/operations/severities.ts';
import { Field } from '../../../site-kit/components/field.tsx';
import { textOf } from '../../../site-kit/components/site-form.tsx';
import { operations } from '../../api/operations.ts';
import { Act } from '../act.tsx';

const useChanged = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['operations', 'incidents'] });
};

/** `first`: what choosing none means. */
const SeverityField = ({ first }: { readonly first: string }) => (
  <label className="field">
    <span>Severity</span>
    <select name="severity">
      <option value="">{first}</option>
      {Object.entries(severities).map(([severity, { means, answerMinutes }]) => (
        <option key={severity} value={severity}>
          {severity}: {means} (an answer within {answerMinutes} min)
        </option>
      ))}
    </select>
  </label>
);

const severityIn = (form: FormData) => textOf(form, 'severity') as Severity | undefined;

/** Opens an incident, and goes to it. */
export const OpenIncident = () => {
  const changed = useChanged();
  const navigate = useNavigate();
  return (
    <Act
      name="Open an incident"
      effects={[
        'Its time runs from now: somebody has to answer within the minutes of its severity.',
        'What staff do meanwhile is written into its timeline.',
      ]}
      act={async (form) => {
        const [severity, text] = [severityIn(form), textOf(form, 'text')];
        return (await operations()).openIncident({
          body: {
            title: textOf(form, 'title') ?? '',
            ...(severity !== undefined && { severity }),
            ...(text !== undefined && { text }),
          },
        });
      }}
      onDone={async ({ body: { incident } }) => {
        await changed();
        await navigate({ to: '/incidents/$id', params: { id: incident.id } });
      }}
    >
      <SeverityField first="As services and pipelines say" />
      <Field label="What is wrong" name="title" autoComplete="off" maxLength={200} isRequired />
      <Field label="What is known (optional)" name="text" autoComplete="off" maxLength={1_000} />
    </Act>
  );
};

/** Writes to an open incident, and closes it. */
export const IncidentActs = ({ incident: { id, state, severity } }: { readonly incident: Incident }) => {
  const onDone = useChanged();
  const note = async (form: FormData, acknowledge: boolean) => {
    const changed = severityIn(form);
    return (await operations()).noteIncident({
      params: { id },
      body: { text: textOf(form, 'text') ?? '', acknowledge, ...(changed !== undefined && { severity: changed }) },
    });
  };
  return (
    <>
      {state === 'open' && (
        <Act
          name="Answer"
          effects={['You are the one who looks at it, and its time to be answered stops.']}
          act={(form) => note(form, true)}
          onDone={onDone}
        >
          <Field label="What you do first" name="text" autoComplete="off" maxLength={1_000} isRequired />
        </Act>
      )}
      <Act
        name="Add a note"
        effects={['It is written into the timeline, and stays there as it is.']}
        act={(form) => note(form, false)}
        onDone={onDone}
      >
        <Field label="Note" name="text" autoComplete="off" maxLength={1_000} isRequired />
        <SeverityField first={`Stays ${severity}`} />
      </Act>
      <Act
        name="Close"
        effects={['Nothing more can be written to it; what comes back is another incident that names this one.']}
        act={async (form) =>
          (await operations()).closeIncident({ params: { id }, body: { text: textOf(form, 'text') ?? '' } })
        }
        onDone={onDone}
      >
        <Field label="How it ended" name="text" autoComplete="off" maxLength={1_000} isRequired />
      </Act>
    </>
  );
};

export type ReportProps = { readonly incident: Incident; readonly timeline: readonly IncidentNote[] };

/** The beginning of the post-mortem, as a file. */
export const Report = ({ incident, timeline }: ReportProps) => {
  const save = () => {
    const file = new Blob([incidentReport(incident, timeline).join('\n')], { type: 'text/markdown' });
    const link = Object.assign(document.createElement('a'), {
      href: URL.createObjectURL(file),
      download: `${incident.id}.md`,
    });
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <button type="button" className="button quiet" onClick={save}>
      Save the report
    </button>
  );
};

import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { MaintenanceWindow } from '../../../contracts/http/operations/incidents-api.ts';
import { Field } from '../../../site-kit/components/field.tsx';
import { textOf } from '../../../site-kit/components/site-form.tsx';
import { operations } from '../../api/operations.ts';
import { topologyQuery } from '../../api/operations-queries.ts';
import { Act } from '../act.tsx';
import { MomentField, momentIn } from '../moment-field.tsx';

const useChanged = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['operations', 'windows'] });
};

const numeral = (text: string) => (/^\d+$/.test(text) ? undefined : 'Write it in digits.');

/** Services to choose from, where they are known. */
const Services = () => {
  const { data } = useQuery(topologyQuery);
  return (
    <label className="field">
      <span>What is away</span>
      <select name="service">
        <option value="">The whole shop</option>
        {data?.services.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
};

/** Announces a time in which something is away. */
export const OpenWindow = () => {
  const onDone = useChanged();
  return (
    <Act
      name="Announce maintenance"
      effects={['It ends by itself, after 24 hours at the latest, and hides no incident of P0.']}
      act={async (form) => {
        const service = textOf(form, 'service');
        const beginsAt = momentIn(form, 'beginsAt');
        return (await operations()).openWindow({
          body: {
            title: textOf(form, 'title') ?? '',
            minutes: Number(textOf(form, 'minutes')),
            services: service === undefined ? [] : [service],
            ...(beginsAt !== undefined && { beginsAt }),
          },
        });
      }}
      onDone={onDone}
    >
      <Field label="What is done" name="title" autoComplete="off" maxLength={200} isRequired />
      <Services />
      <MomentField label="Begins (your time; empty: now)" name="beginsAt" />
      <Field label="Minutes" name="minutes" autoComplete="off" maxLength={4} validate={numeral} isRequired />
    </Act>
  );
};

/** Ends a window before its time. */
export const CloseWindow = ({ window: { id, title } }: { readonly window: MaintenanceWindow }) => {
  const onDone = useChanged();
  return (
    <Act
      name={`End ${title}`}
      label="End"
      effects={['From now on what is away counts as a fault again.']}
      act={async () => (await operations()).closeWindow({ params: { id } })}
      onDone={onDone}
    />
  );
};

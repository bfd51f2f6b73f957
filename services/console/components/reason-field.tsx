import { Field } from '../../site-kit/components/field.tsx';

/** Why something is done; asked for by every act that is written into the audit trail. */
export const ReasonField = () => (
  <Field label="Reason (it stays in the audit trail)" name="reason" autoComplete="off" maxLength={500} isRequired />
);

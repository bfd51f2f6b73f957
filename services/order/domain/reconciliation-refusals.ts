/** Every way in which reconciliations are refused. */
import { Refusal } from '../../kit/values/refusal.ts';

export const reconciliationUnknown = (id: string) =>
  new Refusal(
    'missing',
    'reconciliation.unknown',
    `There is no reconciliation ${id}; those of the schedule are kept for 35 days.`,
  );

export const reconciliationsTooMany = (most: number) =>
  new Refusal('too-many', 'reconciliation.too-many', `${most} reconciliations are under way; wait for one of them.`, {
    retryAfterSeconds: 60,
  });

/** Whether the condition of a policy leaves only those whom somebody named. */
import { listOf, textOf } from '../templates/template.ts';

/**
 * Keys whose values name an account, an organization, a network or a resource; IAM reads them in any case.
 * Source: IAM user guide, "AWS global condition context keys"; AWS KMS developer guide, "kms:CallerAccount".
 */
const narrowingKeys: readonly string[] = [
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'kms:calleraccount',
];

/** No `Not...`, and no `...IfExists` or `ForAllValues:`, which also hold where the request carries no such key. */
const positiveOperator = /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/;

/** An ARN names somebody by its account, or in full where it has none (buckets); any other value in full. */
const isNamed = (value: unknown): boolean => {
  const text = textOf(value);
  const account = text.startsWith('arn:') ? text.split(':')[4] : undefined;
  return !/[*?]/.test(account || text);
};

/** Whether at least one key of the condition, all of which must hold, admits named accounts, networks or resources only. */
export const narrows = (condition: unknown): boolean =>
  Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>).some(
    ([operator, keys]) =>
      positiveOperator.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) => narrowingKeys.includes(key.toLowerCase()) && listOf(values).every(isNamed),
      ),
  );

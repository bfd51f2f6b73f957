/** Whether credentials and settings are of the account and the region that an environment lives in. */

import type { Finding } from '../../aws/finding.ts';
import type { Environment } from '../../environment/environment.ts';
import { isHeard, UNHEARD } from '../../environment/readiness.ts';

/** Account that the environment lives in, if anybody says. Refuses one that contradicts the environment's own. */
export const accountOf = ({ name, account: declared }: Environment, given: string | undefined): string | undefined => {
  if (given !== undefined && declared !== undefined && given !== declared)
    throw new Error(`--account ${given} contradicts lib/environments.ts, where ${name} lives in ${declared}; drop one`);
  return declared ?? given;
};

/**
 * What is wrong with the account of the credentials.
 * @param expected the one that the environment lives in
 */
export const accountFindings = ({ name }: Environment, account: string, expected: string | undefined): Finding[] => {
  if (expected === undefined)
    return [
      {
        code: 'account-undeclared',
        problem: `${name} declares no account, so nothing keeps it out of a wrong one (these credentials belong to ${account}); set \`account\` beside \`region\` of ${name} in lib/environments.ts`,
        command: `$EDITOR lib/environments.ts # or: npx cloudmart preflight --environment ${name} --account <account id>`,
      },
    ];
  if (account === expected) return [];
  return [
    {
      code: 'account-differs',
      problem: `the credentials belong to account ${account}, but ${name} lives in ${expected}; use a profile of that account`,
      command: `export AWS_PROFILE=<profile of ${expected}>`,
    },
  ];
};

/** What is wrong with the region that the caller's own AWS settings name; none named is fine. */
export const regionFindings = ({ name, region }: Environment, callerRegion: string | undefined): Finding[] =>
  callerRegion === undefined || callerRegion === region
    ? []
    : [
        {
          code: 'region-differs',
          problem: `your AWS settings name ${callerRegion}, but ${name} lives in ${region}; a push would go elsewhere`,
          command: `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
        },
      ];

/** What is wrong with who hears of alarms; an environment that is not protected may ring unheard. */
export const subscriberFindings = (environment: Environment): Finding[] =>
  !environment.protected || isHeard(environment)
    ? []
    : [
        {
          code: 'subscriber-missing',
          problem: `lib/environments.ts: ${environment.name}.alerts.emails: ${UNHEARD}`,
          command: '$EDITOR lib/environments.ts',
        },
      ];

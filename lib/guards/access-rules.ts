/** Rules about permissions and secrets. */

import { at, identityStatements, listOf, resourcesOf, stringsIn, textOf } from '../templates/template.ts';
import { type Rule, stackRule } from './rule.ts';

export const noWildcardGrant: Rule = stackRule(
  'no-wildcard-grant',
  'No role may do anything it likes, nor all of a service to everything.',
  ({ template }) =>
    identityStatements(template)
      .filter(({ statement: { Effect } }) => Effect === 'Allow')
      .flatMap(({ entry: { logicalId }, statement }) => {
        const actions = listOf(statement.Action).map(textOf);
        const wild = actions.filter((action) => action.includes('*'));
        const everything = listOf(statement.Resource).map(textOf).includes('*');
        if (actions.includes('*') || (wild.length > 0 && everything))
          return [
            [
              logicalId,
              `${wild.join(', ')} on ${everything ? 'every resource' : 'its resources'} is more than any job needs; name the actions and the resources`,
            ] as const,
          ];
        return [];
      }),
);

/** Whether the rules of a user of a cache begin with nothing and then name commands; categories grow with the engine. */
const namesItsCommands = (rules: readonly string[]) =>
  rules.includes('-@all') && !rules.some((rule) => rule.startsWith('+@') || rule === 'allcommands');

export const noWideCacheUser: Rule = stackRule(
  'no-wide-cache-user',
  'A user of a cache signs in by IAM and may send the commands that are named, and no channel.',
  ({ template }) =>
    resourcesOf(template, 'AWS::ElastiCache::User').flatMap(({ logicalId, properties }) => {
      const rules = textOf(properties['AccessString']).split(' ');
      return [
        ...(namesItsCommands(rules) && !rules.some((rule) => rule.startsWith('&') || rule === 'allchannels')
          ? []
          : [[logicalId, 'its access string grants more than named commands; make it by cacheRights'] as const]),
        ...(at(properties, 'AuthenticationMode', 'Type') === 'iam'
          ? []
          : [[logicalId, 'it signs in without IAM, by a password or by nothing; set the mode to iam'] as const]),
      ];
    }),
);

/** Spellings of credentials that providers publish, and passwords inside addresses. */
const secretSpellings: readonly (readonly [RegExp, string])[] = [
  [/\bA(KIA|SIA)[0-9A-Z]{16}\b/, 'an AWS access key'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\bgh[pousr]_[A-Za-z0-9]{36}/, 'a GitHub token'],
  [/\b[sr]k_(live|test)_[A-Za-z0-9]{16,}/, 'a Stripe key'],
  [/\bsk-[A-Za-z0-9_-]{32,}/, 'an API key'],
  [/\bxox[abpr]-[A-Za-z0-9-]{10,}/, 'a Slack token'],
  [/:\/\/[^\s:/@<$]+:[^\s@<$/]{3,}@/, 'a password inside an address'],
];

const secretName = /(PASSWORD|PASSPHRASE|PRIVATE_KEY|API_KEY|_SECRET|_TOKEN)$/;

export const noSecretInTemplate: Rule = stackRule(
  'no-secret',
  'No secret stands in a template or a chart; its name does, and the service reads it.',
  ({ template }) => [
    ...resourcesOf(template, /./).flatMap(({ logicalId, properties }) =>
      [...stringsIn(properties)].flatMap(([path, text]) =>
        secretSpellings
          .filter(([spelling]) => spelling.test(text))
          .map(
            ([, what]) => [logicalId, `${path} holds ${what}; put it into Secrets Manager and name it here`] as const,
          ),
      ),
    ),
    ...resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ logicalId, properties }) =>
      Object.keys((at(properties, 'Environment', 'Variables') ?? {}) as object)
        .filter((name) => secretName.test(name))
        .map((name) => [logicalId, `the variable ${name} holds a secret; pass ${name}_SECRET_ID instead`] as const),
    ),
    ...resourcesOf(template, 'Custom::AWSCDK-EKS-KubernetesResource').flatMap(({ logicalId, properties }) => {
      const text = textOf(properties['Manifest']);
      const variables = [...text.matchAll(/"name":"([A-Z][A-Z0-9_]*)","value":/g)]
        .map(([, name = '']) => name)
        .filter((name) => secretName.test(name));
      return [
        ...variables.map(
          (name) => [logicalId, `the variable ${name} holds a secret; pass ${name}_SECRET_ID instead`] as const,
        ),
        // The provider prints every manifest that it applies.
        ...(/\{\{resolve:(secretsmanager|ssm-secure)/.test(text) || /"kind":"Secret"/.test(text)
          ? [
              [
                logicalId,
                'the chart resolves or holds a secret, and the kubectl provider prints charts; let the service read it',
              ] as const,
            ]
          : []),
      ];
    }),
  ],
);

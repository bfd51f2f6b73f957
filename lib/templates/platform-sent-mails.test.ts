/** Who tells of mails that went out, and who can hear it, as the templates of the shop say it. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { environments } from '../environments.ts';
import { services } from '../services.ts';
import { preparePlatform } from './platform-templates.ts';
import {
  at,
  identityStatements,
  listOf,
  type ResourceEntry,
  resourcesOf,
  type StackTemplate,
  stackNamed,
  textOf,
} from './template.ts';

const sides = ['dev', 'production'];

let stacks: readonly StackTemplate[] = [];
beforeAll(() => {
  stacks = preparePlatform(
    environments.filter(({ name }) => sides.includes(name)),
    services,
  ).synth();
});

const foundation = (environment: string) => stackNamed(stacks, environment, 'Foundation').template;
const topicOf = (environment: string): ResourceEntry => {
  const found = resourcesOf(foundation(environment), 'AWS::SNS::Topic').find(
    ({ properties }) => textOf(properties['TopicName']) === `cloudmart-${environment}-mails`,
  );
  if (!found) throw new Error(`the foundation of ${environment} has no topic of sent mails`);
  return found;
};
/** Statements of roles that name the topic, of all stacks of an environment. */
const onTopic = (environment: string) =>
  stacks
    .filter((one) => one.environment === environment)
    .flatMap(({ template }) => identityStatements(template))
    .filter(({ statement }) => textOf(statement.Resource).includes('SentMails'));

describe.each(sides)('the topic of sent mails in %s', (environment) => {
  test('is encrypted with the key of alerts, and takes nothing that is not', () => {
    const { logicalId, properties } = topicOf(environment);
    const [page] = resourcesOf(foundation(environment), 'AWS::SNS::Topic');
    expect(properties['KmsMasterKeyId']).toBeDefined();
    expect(properties['KmsMasterKeyId']).toEqual(page?.properties['KmsMasterKeyId']);
    const policies = resourcesOf(foundation(environment), 'AWS::SNS::TopicPolicy').filter((policy) =>
      textOf(policy.properties['Topics']).includes(logicalId),
    );
    expect(policies.flatMap((policy) => listOf(at(policy.properties, 'PolicyDocument', 'Statement')))).toMatchObject([
      { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
  });

  test('is published to by the notification function alone, which may do nothing else there', () => {
    expect(
      onTopic(environment).map(({ entry, statement }) => [
        entry.logicalId,
        listOf(statement.Action),
        listOf(statement.Resource).length,
      ]),
    ).toEqual([[expect.stringMatching(/^Notification/i), ['sns:Publish'], 1]]);
  });

  test('lends its key to that function through SNS alone', () => {
    const keys = identityStatements(stackNamed(stacks, environment, 'Function').template).filter(
      ({ statement }) => statement.Sid === 'UseAlertsKey',
    );
    expect(keys.map(({ entry, statement }) => [entry.logicalId, textOf(at(statement, 'Condition'))])).toEqual([
      [
        expect.stringMatching(/^Notification/i),
        expect.stringMatching(/kms:ViaService[^,]*sns\.[\w-]+\.amazonaws\.com/),
      ],
    ]);
  });

  test('is named to that function and to no other', () => {
    const told = resourcesOf(stackNamed(stacks, environment, 'Function').template, 'AWS::Lambda::Function').flatMap(
      ({ properties }) => {
        const url = at(properties, 'Environment', 'Variables', 'SENT_MAILS_URL');
        return url === undefined ? [] : [[textOf(properties['FunctionName']), textOf(url)]];
      },
    );
    expect(told).toEqual([[`cloudmart-${environment}-notification`, expect.stringMatching(/^sns:<.*SentMails/)]]);
  });

  test('is heard by nobody whom the shop does not know of: whoever wants to hear subscribes by its output', () => {
    const { logicalId } = topicOf(environment);
    const subscribed = resourcesOf(foundation(environment), 'AWS::SNS::Subscription').filter(({ properties }) =>
      textOf(properties['TopicArn']).includes(logicalId),
    );
    expect(subscribed).toEqual([]);
    expect(textOf(at(foundation(environment), 'Outputs', 'SentMailsTopicArn', 'Value'))).toContain(logicalId);
  });
});

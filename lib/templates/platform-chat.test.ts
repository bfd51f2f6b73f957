/** What a chat hears, and from whom, as the templates of the shop say it. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { environments } from '../environments.ts';
import { services } from '../services.ts';
import { preparePlatform } from './platform-templates.ts';
import { at, identityStatements, listOf, resourcesOf, type StackTemplate, stackNamed, textOf } from './template.ts';

const SLACK = { workspace: 'T01ABCDEF23', channel: 'C01ABCDEF23' };
const TEAMS = {
  tenant: '0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f0',
  team: '1f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f1',
  channel: '19%3A0123456789abcdef%40thread.tacv2',
};

let stacks: readonly StackTemplate[] = [];
beforeAll(() => {
  const prepared = environments
    .filter(({ name }) => name !== 'staging')
    .map((environment) =>
      environment.name === 'production'
        ? { ...environment, alerts: { ...environment.alerts, slack: SLACK, teams: TEAMS } }
        : environment,
    );
  stacks = preparePlatform(prepared, services).synth();
});

const templateOf = (environment: string, stack: string) => stackNamed(stacks, environment, stack).template;
const propertiesOf = (environment: string, stack: string, type: string) =>
  resourcesOf(templateOf(environment, stack), type).map(({ properties }) => properties);

describe('a chat', () => {
  test.each([
    ['AWS::Chatbot::SlackChannelConfiguration', { SlackWorkspaceId: SLACK.workspace, SlackChannelId: SLACK.channel }],
    [
      'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
      { TeamsTenantId: TEAMS.tenant, TeamId: TEAMS.team, TeamsChannelId: TEAMS.channel },
    ],
  ])('hears of both alert topics and of what services tell it, and nobody acts from it: %s', (type, ids) => {
    const [channel, ...more] = propertiesOf('production', 'Foundation', type);
    expect(more).toEqual([]);
    expect(channel).toMatchObject(ids);
    expect(listOf(channel?.['SnsTopicArns']).map(textOf)).toEqual([
      expect.stringMatching(/AlertsPage/),
      expect.stringMatching(/AlertsTicket/),
      expect.stringMatching(/AlertsChat/),
    ]);
    expect(listOf(channel?.['GuardrailPolicies']).map(textOf)).toEqual([expect.stringMatching(/:policy\/AWSDenyAll$/)]);
    const role = textOf(channel?.['IamRoleArn']).replace(/^<(.*)\.Arn>$/, '$1');
    const { ManagedPolicyArns, Policies } = templateOf('production', 'Foundation').Resources?.[role]?.Properties ?? {};
    expect([ManagedPolicyArns, Policies]).toEqual([undefined, undefined]);
    expect(textOf(identityStatements(templateOf('production', 'Foundation')))).not.toContain(role);
    expect(propertiesOf('dev', 'Foundation', type)).toEqual([]);
  });

  const chatTopicOf = (environment: string) =>
    resourcesOf(templateOf(environment, 'Foundation'), 'AWS::SNS::Topic').find(
      ({ properties }) => textOf(properties['TopicName']) === `cloudmart-${environment}-chat`,
    );

  test.each(['dev', 'production'])('in %s hears from operations alone, by a topic that is encrypted', (environment) => {
    const topic = chatTopicOf(environment);
    const [page] = propertiesOf(environment, 'Foundation', 'AWS::SNS::Topic');
    expect(topic?.properties['KmsMasterKeyId']).toEqual(page?.['KmsMasterKeyId']);
    const id = topic?.logicalId ?? '';
    const policies = propertiesOf(environment, 'Foundation', 'AWS::SNS::TopicPolicy').filter((policy) =>
      textOf(policy['Topics']).includes(id),
    );
    expect(policies.flatMap((policy) => listOf(at(policy, 'PolicyDocument', 'Statement')))).toMatchObject([
      { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
    const publishers = stacks
      .filter((one) => one.environment === environment)
      .flatMap(({ template }) => identityStatements(template))
      .filter(({ statement }) => listOf(statement.Action).some((action) => textOf(action).startsWith('sns:')))
      .filter(({ statement }) => textOf(statement.Resource).includes('AlertsChat'));
    expect(publishers.map(({ entry, statement }) => [entry.logicalId, listOf(statement.Action)])).toEqual([
      [expect.stringMatching(/^operations/), ['sns:Publish']],
    ]);
  });

  test('is named to operations where somebody reads it, and to nobody else', () => {
    const told = (environment: string) =>
      propertiesOf(environment, 'Workloads', 'Custom::AWSCDK-EKS-KubernetesResource')
        .map(({ Manifest }) => textOf(Manifest))
        .filter((manifest) => manifest.includes('CHAT_URL'));
    expect(told('dev')).toEqual([]);
    expect(told('production')).toEqual([expect.stringMatching(/"name":"operations"[\s\S]*"value":"sns:<[^>]*Chat/)]);
  });
});

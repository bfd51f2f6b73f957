import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Environment } from '../environment/environment.ts';
import { prefixOf } from '../names.ts';

export type ChatChannelsProps = Pick<Environment['alerts'], 'slack' | 'teams'> & {
  /** Name of the environment. */
  readonly environment: string;
  /** Whose messages are shown: those of AWS services, and those in the form of its custom notifications; it drops all others. */
  readonly topics: readonly ITopic[];
};

/**
 * Alarms and incidents in a chat, by Amazon Q Developer in chat applications (`AWS::Chatbot`). No secret is kept: whoever administers the chat admits AWS
 * once, in its console. People read there and do nothing: the role may do nothing, and the guardrail forbids whatever somebody would add to it;
 * without a guardrail it is AdministratorAccess.
 */
export class ChatChannels extends Construct {
  constructor(scope: Construct, id: string, { environment, topics, slack, teams }: ChatChannelsProps) {
    super(scope, id);
    if (!slack && !teams) return;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('chatbot.amazonaws.com') });
    const common = {
      iamRoleArn: role.roleArn,
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AWSDenyAll').managedPolicyArn],
      snsTopicArns: topics.map(({ topicArn }) => topicArn),
      // What it could not show stands in its log.
      loggingLevel: 'ERROR',
    };
    if (slack)
      new CfnSlackChannelConfiguration(this, 'Slack', {
        ...common,
        configurationName: `${prefixOf(environment)}-slack`,
        slackWorkspaceId: slack.workspace,
        slackChannelId: slack.channel,
      });
    if (teams)
      new CfnMicrosoftTeamsChannelConfiguration(this, 'Teams', {
        ...common,
        configurationName: `${prefixOf(environment)}-teams`,
        teamsTenantId: teams.tenant,
        teamId: teams.team,
        teamsChannelId: teams.channel,
      });
  }
}

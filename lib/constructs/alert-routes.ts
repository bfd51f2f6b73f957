import { Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { partName, prefixOf } from '../names.ts';
import { anyWorkspace } from './any-workspace.ts';
import type { AlertTopics, Severity } from './owned-alarm.ts';

export type AlertRoutesProps = {
  /** Name of the environment. */
  readonly environment: string;
  readonly key: IKey;
  /** Whether Managed Prometheus publishes too. */
  readonly ringsByMetrics: boolean;
  /** Addresses that subscribe to both topics; each confirms once. */
  readonly emails: readonly string[];
  /** HTTPS addresses that subscribe to the urgent topic. */
  readonly endpoints: readonly string[];
  /** USD a month; alerts at 80 % and 100 %, and when the forecast passes it. */
  readonly monthlyBudgetUsd: number;
};

/** Where alarms go, the budget that rings like one, and where services tell a chat. */
export class AlertRoutes extends Construct {
  readonly topics: AlertTopics;
  /** What services tell a chat. Nobody publishes to it but who is granted it: a message of another would be read as theirs. */
  readonly chat: ITopic;

  constructor(
    scope: Construct,
    id: string,
    { environment, key, ringsByMetrics, emails, endpoints, monthlyBudgetUsd }: AlertRoutesProps,
  ) {
    super(scope, id);
    const encrypted = (name: 'Page' | 'Ticket' | 'Chat') =>
      new Topic(this, name, {
        topicName: partName(environment, name.toLowerCase()),
        masterKey: key,
        enforceSSL: true,
      });
    const topic = (severity: Severity) => {
      const made = encrypted(severity === 'page' ? 'Page' : 'Ticket');
      for (const service of ['cloudwatch', 'events', 'budgets', 'backup'])
        made.grantPublish(
          new ServicePrincipal(`${service}.amazonaws.com`, {
            conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
          }),
        );
      if (ringsByMetrics)
        made.addToResourcePolicy(
          new PolicyStatement({
            principals: [anyWorkspace(this)],
            // Managed Prometheus asks for the second before it publishes.
            actions: ['sns:Publish', 'sns:GetTopicAttributes'],
            resources: [made.topicArn],
          }),
        );
      for (const email of emails) made.addSubscription(new EmailSubscription(email));
      return made;
    };
    const page = topic('page');
    for (const endpoint of endpoints) page.addSubscription(new UrlSubscription(endpoint));
    this.topics = { page, ticket: topic('ticket') };
    this.chat = encrypted('Chat');

    const notification = (
      notificationType: 'ACTUAL' | 'FORECASTED',
      threshold: number,
    ): CfnBudget.NotificationWithSubscribersProperty => ({
      notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
      subscribers: [{ subscriptionType: 'SNS', address: this.topics.ticket.topicArn }],
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: prefixOf(environment),
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyBudgetUsd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:environment$${environment}`] },
      },
      notificationsWithSubscribers: [
        notification('ACTUAL', 80),
        notification('ACTUAL', 100),
        notification('FORECASTED', 100),
      ],
    });
  }
}

import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { AlertRoutes } from '../constructs/alert-routes.ts';
import { ChatChannels } from '../constructs/chat-channels.ts';
import { EncryptionKeys } from '../constructs/encryption-keys.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import type { Environment } from '../environment/environment.ts';
import { hasChat } from '../environment/readiness.ts';
import { partName } from '../names.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { PlatformStack } from './platform-stack.ts';

/** What every other stack needs: keys to encrypt with and topics to tell. */
export class FoundationStack extends PlatformStack {
  readonly keys: EncryptionKeys;
  readonly alerts: AlertTopics;
  /** Where services tell a chat. */
  readonly chat: ITopic;
  /** Where services tell of mails that went out; whoever wants to hear subscribes. Nobody publishes to it but who is granted it. */
  readonly sentMails: ITopic;

  constructor(scope: Construct, id: string, { environment }: { readonly environment: Environment }) {
    super(scope, id, { environment, description: 'Encryption keys, alert topics and the budget' });
    const ringsByMetrics = environment.metrics !== undefined;
    this.keys = new EncryptionKeys(this, 'Keys', {
      prefix: this.prefix,
      retained: environment.protected,
      ringsByMetrics,
    });
    const routes = new AlertRoutes(this, 'Alerts', {
      environment: environment.name,
      key: this.keys.alerts,
      ringsByMetrics,
      ...environment.alerts,
    });
    this.alerts = routes.topics;
    this.chat = routes.chat;
    if (hasChat(environment)) this.publish(outputNames.chatTopic, this.chat.topicArn);
    this.sentMails = new Topic(this, 'SentMails', {
      topicName: partName(environment.name, 'mails'),
      masterKey: this.keys.alerts,
      enforceSSL: true,
    });
    this.publish(outputNames.sentMailsTopic, this.sentMails.topicArn);
    new ChatChannels(this, 'Chat', {
      environment: environment.name,
      topics: [...Object.values(this.alerts), this.chat],
      slack: environment.alerts.slack,
      teams: environment.alerts.teams,
    });
  }
}

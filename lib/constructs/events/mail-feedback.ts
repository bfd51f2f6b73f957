import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** What SES tells through EventBridge, by the ids of the rules: bounces that came back for a while stop nothing, so they wake nobody. */
const told = [
  ['MailBounced', 'Email Bounced', { bounce: { bounceType: ['Permanent'] } }],
  ['MailComplained', 'Email Complaint Received', {}],
] as const;

/** Tells a Lambda which mails came back for good or were reported as spam, of those sent by the configuration set `mailSettings`. */
export const addMailFeedback = (scope: Construct, hearer: IFunction, failed: IQueue, mailSettings: string): void => {
  for (const [id, detailType, detail] of told)
    new Rule(scope, id, {
      description: `Tells of mails: ${detailType}.`,
      // An account may hold several environments; the tag says whose mail it was.
      eventPattern: {
        source: ['aws.ses'],
        detailType: [detailType],
        detail: { ...detail, mail: { tags: { 'ses:configuration-set': [mailSettings] } } },
      },
      targets: [new FunctionTarget(hearer, { deadLetterQueue: failed })],
    });
};

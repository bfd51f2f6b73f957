import { alarm, deadLetters, one } from '../../testing/planted-resources.ts';
import { alarmsAnswered, failuresLand } from '../failure-rules.ts';
import type { LawCases } from './rule-cases.ts';

export const failureLawCases: LawCases = {
  broken: [
    [
      failuresLand,
      'a mapping without a destination',
      one('AWS::Lambda::EventSourceMapping', { EventSourceArn: 'x', FunctionName: { Ref: 'F' } }),
      /failure destination/,
    ],
    [
      failuresLand,
      'a mapping that nobody watches',
      one('AWS::Lambda::EventSourceMapping', {
        FunctionName: { Ref: 'F' },
        DestinationConfig: { OnFailure: { Destination: 'x' } },
      }),
      /alarm on the mapping/,
    ],
    [failuresLand, 'a queue without a dead-letter queue', one('AWS::SQS::Queue'), /dead-letter queue/],
    [failuresLand, 'a queue that nobody watches', one('AWS::SQS::Queue', { RedrivePolicy: {} }), /alarm on the queue/],
    [
      failuresLand,
      'a dead-letter queue whose key the function may not use',
      deadLetters(['sqs:SendMessage']),
      /^It: its failures never arrive/,
    ],
    [
      failuresLand,
      'a topic without a dead-letter topic',
      one('AWS::MSK::Topic', { TopicName: 'sales' }),
      /make sales\.dead/,
    ],
    [
      alarmsAnswered,
      'an alarm that tells nobody',
      alarm('x. Owner: cart. Severity: page. Runbook: docs/runbooks/consumer-lag.md', []),
      /tells nobody/,
    ],
    [
      alarmsAnswered,
      'an alarm without an owner',
      alarm('x. Severity: page. Runbook: docs/runbooks/consumer-lag.md'),
      /no owner/,
    ],
    [
      alarmsAnswered,
      'a severity that does not exist',
      alarm('x. Owner: cart. Severity: bad. Runbook: docs/runbooks/consumer-lag.md'),
      /no owner, severity/,
    ],
    [
      alarmsAnswered,
      'a runbook that does not exist',
      alarm('x. Owner: cart. Severity: page. Runbook: docs/runbooks/nowhere.md'),
      /docs\/runbooks\/nowhere\.md does not exist/,
    ],
  ],
  kept: [
    [
      alarmsAnswered,
      'an alarm with everything',
      alarm('Late. Owner: cart. Severity: ticket. Runbook: docs/runbooks/consumer-lag.md'),
    ],
    [failuresLand, 'a function that may encrypt its failures', deadLetters(['kms:Decrypt', 'kms:GenerateDataKey'])],
  ],
};

import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { anEvent, anOrder } from '../../../services/contracts/testing/order-events.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { ACCOUNT, type AwsEmulator } from './aws-emulator.ts';

const seldom = { everyMs: 250 };

const kafka = (values: string[]) => ({
  eventSource: 'aws:kafka',
  eventSourceArn: `arn:aws:kafka:us-east-1:${ACCOUNT}:cluster/cloudmart-dev/1`,
  bootstrapServers: 'b-1:9098',
  records: {
    'order-events-0': values.map((value, offset) => ({
      ...{ topic: 'order-events', partition: 0, offset, timestamp: 1772359200000, timestampType: 'CREATE_TIME' },
      key: Buffer.from(`key-${offset}`).toString('base64'),
      value: Buffer.from(value).toString('base64'),
      headers: [],
    })),
  },
});

/** The bundle of the service that mails, as deployed and run by the emulator's Lambda. */
export const mailerCases = (emulator: () => AwsEmulator, FunctionName: string): void =>
  describe('the function that mails', () => {
    const lambda = new LambdaClient({});
    const sqs = new SQSClient({});
    const invoke = async (event: unknown) => {
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }),
      );
      const answer = Buffer.from(Payload ?? []).toString();
      if (FunctionError) throw new Error(answer);
      return JSON.parse(answer);
    };
    const mailsOf = async (address: string) =>
      (await emulator().mails()).filter((mail) => JSON.stringify(mail).includes(address));
    const paid = (number: number, email: string) =>
      JSON.stringify(anEvent('order.paid.v1', anOrder(number, { email })));

    test('mails an order once, however often Kafka hands it over', async () => {
      const batch = kafka([paid(801, 'kafka@example.com')]);
      expect(await invoke(batch)).toEqual({ batchItemFailures: [] });
      expect(await invoke(batch)).toEqual({ batchItemFailures: [] });
      expect(await mailsOf('kafka@example.com')).toHaveLength(1);
    });

    test('puts a record aside that no one can read, and mails the others', async () => {
      const answer = await invoke(kafka(['not an event', paid(802, 'beside@example.com')]));
      expect(answer).toEqual({ batchItemFailures: [] });
      expect(await mailsOf('beside@example.com')).toHaveLength(1);
    });

    test('is woken by a queue, and leaves poison in its dead-letter queue', async () => {
      const queue = async (name: string, attributes: Record<string, string> = {}) => {
        const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
        const { Attributes } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
        );
        return { url: QueueUrl, arn: Attributes?.['QueueArn'] };
      };
      const dead = await queue('orders-dead');
      const orders = await queue('orders', {
        VisibilityTimeout: '1',
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
      });
      const { UUID } = await lambda.send(
        new CreateEventSourceMappingCommand({
          FunctionName,
          EventSourceArn: orders.arn,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        }),
      );
      const good = paid(803, 'queue@example.com');
      for (const MessageBody of [good, 'poison', good])
        await sqs.send(new SendMessageCommand({ QueueUrl: orders.url, MessageBody }));
      const { Messages } = await eventually(async () => {
        const answer = await sqs.send(new ReceiveMessageCommand({ QueueUrl: dead.url }));
        expect(answer.Messages).toHaveLength(1);
        return answer;
      }, seldom);
      expect(Messages?.[0]?.Body).toBe('poison');
      await eventually(async () => expect(await mailsOf('queue@example.com')).toHaveLength(1), seldom);
      await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
      await eventually(() => expect(lambda.send(new GetEventSourceMappingCommand({ UUID }))).rejects.toThrow(), seldom);
      for (const { url } of [orders, dead]) await sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
    });

    test('hands an event of EventBridge that fails for good to the queue of failed invocations', async () => {
      await lambda.send(
        new InvokeCommand({
          FunctionName,
          InvocationType: 'Event',
          Payload: Buffer.from(
            JSON.stringify({ ...{ version: '0', id: 'bridge-1', 'detail-type': 'order' }, detail: { id: 'nonsense' } }),
          ),
        }),
      );
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `${FunctionName}-failed` }));
      await eventually(async () => {
        const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
        expect(Messages?.[0]?.Body).toContain('nonsense');
      }, seldom);
    });
  });

/** How Lambda reads for a function, and what it gave up: event source mappings and their failure destinations. */
import {
  type EventSourceMappingConfiguration,
  LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Pipeline } from '../../services/contracts/http/operations/pipelines-api.ts';
import { type AwsQuestions, withClient } from '../aws/ask-aws.ts';
import { tablePattern } from '../names.ts';

/** The event source mappings of a function; none where there is no such function. */
export const mappingsOf = (functionName: string, aws: AwsQuestions): Promise<EventSourceMappingConfiguration[]> =>
  withClient(new LambdaClient(aws.settings), async (client) => {
    const mappings: EventSourceMappingConfiguration[] = [];
    const asked = { FunctionName: functionName };
    try {
      for await (const page of paginateListEventSourceMappings({ client }, asked, aws.deadline()))
        mappings.push(...(page.EventSourceMappings ?? []));
    } catch (problem) {
      if ((problem as Error).name !== 'ResourceNotFoundException') throw problem;
    }
    return mappings;
  });

/** Whether a mapping reads what a pipeline is about. */
export const reads = (
  { Topics = [], EventSourceArn = '' }: EventSourceMappingConfiguration,
  { kind, name }: Pipeline['source'],
  environment: string,
): boolean => {
  if (kind === 'topic') return Topics.includes(name);
  const [, table = ''] = /:table\/([^/]+)\/stream\//.exec(EventSourceArn) ?? [];
  return table.startsWith(tablePattern(environment, name).replace(/\*$/, ''));
};

/** Null: it is between two states. */
export const isEnabled = ({ State = '' }: EventSourceMappingConfiguration): boolean | null => {
  if (State === 'Enabled') return true;
  return ['Disabled', 'Disabling', 'Deleting'].includes(State) ? false : null;
};

/** Whether the last batch failed, or Lambda could not read at all. */
export const fails = ({ LastProcessingResult = '' }: EventSourceMappingConfiguration): boolean =>
  LastProcessingResult.startsWith('PROBLEM');

/** What a person must know of a mapping that is not as it should be; none where it is. */
export const notesOf = (mapping: EventSourceMappingConfiguration): string[] => [
  ...(mapping.State === 'Enabled'
    ? []
    : [
        `Lambda has its mapping ${mapping.UUID} as ${mapping.State} (${mapping.StateTransitionReason ?? 'no reason given'})`,
      ]),
  ...(fails(mapping) ? [`Lambda says ${mapping.LastProcessingResult}`] : []),
];

/** Messages in the queue to which a mapping gives what fails; 0 where it gives that to a topic, whose dead letters are counted there. */
export const givenUpBy = async (
  { DestinationConfig }: EventSourceMappingConfiguration,
  aws: AwsQuestions,
): Promise<number> => {
  const [, service, , account, QueueName] =
    /^arn:[^:]+:([^:]+):([^:]*):([^:]*):(.+)$/.exec(DestinationConfig?.OnFailure?.Destination ?? '') ?? [];
  if (service !== 'sqs') return 0;
  return withClient(new SQSClient(aws.settings), async (client) => {
    const owner = { QueueName, QueueOwnerAWSAccountId: account };
    const { QueueUrl } = await client.send(new GetQueueUrlCommand(owner), aws.deadline());
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
      aws.deadline(),
    );
    return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
  });
};

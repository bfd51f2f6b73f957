/** DynamoDB Streams over the captured changes: the four operations, with the errors that readers must expect. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { ChangeRecord, ChangeStream } from './change-capture.ts';

const TARGET = 'DynamoDBStreams_20120810.';
/** One shard for a table: its changes are in order as a whole. */
const SHARD = 'shardId-00000000000000000000-cloudmart';
/** As Amazon DynamoDB, "GetRecords" and "GetShardIterator", have them. */
const MOST_RECORDS = 1000;
const MOST_BYTES = 1024 ** 2;
const ITERATOR_LIVES_MS = 15 * 60_000;
const MOST_REQUEST_BYTES = 64 * 1024;

class StreamError extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

const iteratorSchema = z.object({ table: z.string(), after: z.string(), madeAt: z.number() });
type Iterator = z.output<typeof iteratorSchema>;

const pack = (iterator: Iterator) => Buffer.from(JSON.stringify(iterator)).toString('base64url');

const unpack = (text: string): Iterator => {
  try {
    return iteratorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw new StreamError('ValidationException', 'Invalid ShardIterator');
  }
};

/** Name of a table's stream, with the time at which it began. */
const arnOf = ({ table, madeAt }: ChangeStream) =>
  `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/${madeAt.toISOString().slice(0, -1)}`;

const requests = {
  ListStreams: z.object({ TableName: z.string().optional() }),
  DescribeStream: z.object({ StreamArn: z.string(), ExclusiveStartShardId: z.string().optional() }),
  GetShardIterator: z.object({
    StreamArn: z.string(),
    ShardId: z.string(),
    ShardIteratorType: z.enum(['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER']),
    SequenceNumber: z
      .string()
      .regex(/^\d{21}$/)
      .optional(),
  }),
  GetRecords: z.object({ ShardIterator: z.string(), Limit: z.int().min(1).max(MOST_RECORDS).default(MOST_RECORDS) }),
} as const;
type Operation = keyof typeof requests;

/** As many of the records as one answer may hold, at least one. */
const fitting = (records: readonly ChangeRecord[]): readonly ChangeRecord[] => {
  let bytes = 0;
  const end = records.findIndex(({ dynamodb: { SizeBytes } }, index) => {
    bytes += SizeBytes;
    return bytes > MOST_BYTES && index > 0;
  });
  return end === -1 ? records : records.slice(0, end);
};

/** Answers the operations of DynamoDB Streams for these streams. */
export const createStreamDoor = (streams: readonly ChangeStream[], now: () => Date) => {
  const named = (arn: string) => {
    const stream = streams.find((candidate) => arnOf(candidate) === arn);
    if (!stream)
      throw new StreamError('ResourceNotFoundException', `Requested resource not found: Stream: ${arn} not found`);
    return stream;
  };
  const afterOf = (stream: ChangeStream, type: string, sequence: string | undefined): string => {
    if (type === 'TRIM_HORIZON') return '';
    if (type === 'LATEST') return stream.last();
    if (!sequence) throw new StreamError('ValidationException', `SequenceNumber is missing, which ${type} needs`);
    return type === 'AFTER_SEQUENCE_NUMBER' ? sequence : String(BigInt(sequence) - 1n).padStart(sequence.length, '0');
  };

  const answers: { readonly [O in Operation]: (request: z.output<(typeof requests)[O]>) => unknown } = {
    ListStreams: ({ TableName }) => ({
      Streams: streams
        .filter(({ table }) => TableName === undefined || table === TableName)
        .map((stream) => ({
          StreamArn: arnOf(stream),
          TableName: stream.table,
          StreamLabel: arnOf(stream).split('/').at(-1),
        })),
    }),
    DescribeStream: ({ StreamArn, ExclusiveStartShardId }) => {
      const stream = named(StreamArn);
      return {
        StreamDescription: {
          StreamArn,
          StreamLabel: StreamArn.split('/').at(-1),
          StreamStatus: 'ENABLED',
          StreamViewType: 'NEW_AND_OLD_IMAGES',
          CreationRequestDateTime: stream.madeAt.getTime() / 1000,
          TableName: stream.table,
          KeySchema: stream.keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
          Shards:
            ExclusiveStartShardId === SHARD
              ? []
              : [{ ShardId: SHARD, SequenceNumberRange: { StartingSequenceNumber: ''.padStart(21, '0') } }],
        },
      };
    },
    GetShardIterator: ({ StreamArn, ShardId, ShardIteratorType, SequenceNumber }) => {
      const stream = named(StreamArn);
      if (ShardId !== SHARD) throw new StreamError('ResourceNotFoundException', `there is no shard ${ShardId}`);
      const after = afterOf(stream, ShardIteratorType, SequenceNumber);
      return { ShardIterator: pack({ table: stream.table, after, madeAt: now().getTime() }) };
    },
    GetRecords: async ({ ShardIterator, Limit }) => {
      const { table, after, madeAt } = unpack(ShardIterator);
      const stream = streams.find((candidate) => candidate.table === table);
      if (!stream) throw new StreamError('ResourceNotFoundException', `there is no stream of ${table}`);
      if (now().getTime() - madeAt > ITERATOR_LIVES_MS)
        throw new StreamError('ExpiredIteratorException', 'the iterator is older than 15 minutes; get another one');
      const Records = fitting(await stream.after(after, Limit));
      const last = Records.at(-1)?.dynamodb.SequenceNumber ?? after;
      return { Records, NextShardIterator: pack({ table, after: last, madeAt: now().getTime() }) };
    },
  };

  const answer = async (target: string, body: string): Promise<unknown> => {
    const operation = target.slice(TARGET.length);
    if (!Object.hasOwn(requests, operation))
      throw new StreamError('UnknownOperationException', `DynamoDB Streams has no operation ${operation}`);
    const { data, error } = requests[operation as Operation].safeParse(JSON.parse(body || '{}'));
    if (!data) throw new StreamError('ValidationException', z.prettifyError(error));
    return answers[operation as Operation](data as never);
  };

  const send = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  };

  return {
    /** Whether a request is for this door and not for the tables. */
    takes: ({ headers }: IncomingMessage): boolean => String(headers['x-amz-target']).startsWith(TARGET),
    answer: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      try {
        let body = '';
        for await (const chunk of request.setEncoding('utf8')) {
          body += chunk;
          if (body.length > MOST_REQUEST_BYTES)
            throw new StreamError('ValidationException', `a request has at most ${MOST_REQUEST_BYTES} bytes`);
        }
        send(response, 200, await answer(String(request.headers['x-amz-target']), body));
      } catch (problem) {
        if (response.destroyed) return;
        if (problem instanceof StreamError)
          return send(response, 400, {
            __type: `com.amazonaws.dynamodb.v20120810#${problem.type}`,
            message: problem.message,
          });
        if (problem instanceof SyntaxError)
          return send(response, 400, { __type: 'com.amazon.coral.service#SerializationException' });
        send(response, 500, {
          __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
          message: String(problem),
        });
      }
    },
  };
};

export type StreamDoor = ReturnType<typeof createStreamDoor>;

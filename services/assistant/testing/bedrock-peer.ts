/** InvokeAgent of Bedrock's agent runtime, over HTTP/2 and in the event streams of AWS: chunks, traces with usage, and tools that are handed back. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Http2ServerResponse, type ServerHttp2Session } from 'node:http2';
import { json } from 'node:stream/consumers';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { listen } from '../../kit/testing/loopback.ts';
import type { PeerState } from './openai-peer.ts';
import type { PlayedModel } from './played-model.ts';

export const agent = { id: 'AGENT12345', aliasId: 'ALIAS12345' };

type Asked = {
  readonly inputText?: string;
  readonly sessionState?: {
    readonly invocationId?: string;
    readonly promptSessionAttributes?: { readonly instructions?: string };
    readonly returnControlInvocationResults?: readonly {
      readonly functionResult: { readonly responseBody: { readonly TEXT: { readonly body: string } } };
    }[];
  };
};

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);
const eventOf = (type: string, payload: object) =>
  codec.encode({
    headers: {
      ':message-type': { type: 'string', value: 'event' },
      ':event-type': { type: 'string', value: type },
      ':content-type': { type: 'string', value: 'application/json' },
    },
    body: Buffer.from(JSON.stringify(payload)),
  });
/** What AWS sends where an agent fails in the middle of its answer. */
const failure = codec.encode({
  headers: {
    ':message-type': { type: 'string', value: 'exception' },
    ':exception-type': { type: 'string', value: 'internalServerException' },
    ':content-type': { type: 'string', value: 'application/json' },
  },
  body: Buffer.from(JSON.stringify({ message: 'The agent failed.' })),
});
const base64 = (text: string) => Buffer.from(text).toString('base64');

export const startBedrock = async (given: PlayedModel) => {
  let model = given;
  let state: PeerState = 'well';
  const sessions = new Map<string, { message: string; instructions: string }>();

  const refuse = (response: Http2ServerResponse, status: number, name: string) =>
    response
      .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': name })
      .end(JSON.stringify({ message: name }));

  const answer = (response: Http2ServerResponse, sessionId: string, { inputText, sessionState = {} }: Asked) => {
    const session = sessions.get(sessionId) ?? { message: '', instructions: '' };
    sessions.set(sessionId, session);
    if (inputText !== undefined) session.message = inputText;
    session.instructions = sessionState.promptSessionAttributes?.instructions ?? session.instructions;
    const results = sessionState.returnControlInvocationResults?.map(
      (each) => each.functionResult.responseBody.TEXT.body,
    );
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    const usage = { inputTokens: 100, outputTokens: 20 };
    response.write(
      eventOf('trace', {
        sessionId,
        trace: { orchestrationTrace: { modelInvocationOutput: { metadata: { usage } } } },
      }),
    );
    const calls = results ? [] : model.plan(session.message);
    if (calls.length > 0) {
      const invocationInputs = calls.map(({ tool, input }) => ({
        functionInvocationInput: {
          actionGroup: 'shop',
          function: tool,
          parameters: Object.entries(input).map(([name, value]) => ({ name, type: 'string', value })),
        },
      }));
      response.write(eventOf('returnControl', { invocationId: randomUUID(), invocationInputs }));
    } else
      for (const part of model.write(session.message, results ?? [], session.instructions).match(/[\s\S]{1,60}/g) ?? [])
        response.write(eventOf('chunk', { bytes: base64(part) }));
    if (state === 'cut') response.write(failure);
    return response.end();
  };

  const server = createServer(async (request, response) => {
    if (state === 'silent') return;
    if (state === 'failing') return refuse(response, 500, 'InternalServerException');
    const [, agentId, aliasId, sessionId] =
      /^\/agents\/(\w+)\/agentAliases\/(\w+)\/sessions\/([\w-]+)\/text$/.exec(request.url ?? '') ?? [];
    if (agentId !== agent.id || aliasId !== agent.aliasId || sessionId === undefined)
      return refuse(response, 404, 'ResourceNotFoundException');
    if (!request.headers.authorization?.includes('Credential=test/'))
      return refuse(response, 403, 'AccessDeniedException');
    return answer(response, sessionId, (await json(request)) as Asked);
  });
  const connections = new Set<ServerHttp2Session>();
  server.on('session', (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  return {
    /** How a client of AWS is told of it. */
    client: {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    play: (another: PlayedModel) => {
      model = another;
    },
    become: (another: PeerState) => {
      state = another;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
};

export type BedrockPeer = Awaited<ReturnType<typeof startBedrock>>;

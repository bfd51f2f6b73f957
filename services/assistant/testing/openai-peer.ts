/** The parts of OpenAI's API that the assistant uses, as its documentation has them: conversations, streamed responses, models. */
import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { hangUp, listen } from '../../kit/testing/loopback.ts';
import type { PlayedModel } from './played-model.ts';

export const openAiKey = 'sk-proj-tests0123456789abcdefghij';

type Item = {
  readonly type: string;
  readonly content?: string;
  readonly call_id?: string;
  readonly output?: string;
};
type Asked = {
  readonly conversation: string;
  readonly prompt: { readonly id: string };
  readonly instructions: string;
  readonly input: readonly Item[];
};

const usage = {
  input_tokens: 120,
  output_tokens: 30,
  total_tokens: 150,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens_details: { reasoning_tokens: 0 },
};

/** Names that rise. */
const createNames = () => {
  let last = 0;
  const count = () => {
    last += 1;
    return last;
  };
  return { count, next: (prefix: string) => `${prefix}_${count()}` };
};

/** How the peer is at the moment. */
export type PeerState = 'well' | 'failing' | 'silent' | 'cut';

export const startOpenAi = async (given: PlayedModel) => {
  let model = given;
  let state: PeerState = 'well';
  const names = createNames();
  const conversations = new Map<string, { message: string; pending: readonly string[] }>();
  const asked: Asked[] = [];

  const refuse = (response: ServerResponse, status: number, type: string, message: string) =>
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: { message, type, param: null, code: null } }));

  const respond = (response: ServerResponse, request: Asked) => {
    asked.push(request);
    const conversation = conversations.get(request.conversation);
    if (!conversation) return refuse(response, 404, 'invalid_request_error', 'No such conversation.');
    const outputs = request.input.filter(({ type }) => type === 'function_call_output');
    const answered = new Set(outputs.map(({ call_id }) => call_id));
    if (conversation.pending.some((id) => !answered.has(id)))
      return refuse(response, 400, 'invalid_request_error', 'No tool output found for function call.');
    const message = request.input.find(({ type }) => type === 'message')?.content;
    if (message !== undefined) conversation.message = message;
    const calls = outputs.length > 0 ? [] : model.plan(conversation.message);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const id = names.next('resp');
    const events = createNames();
    const tell = (type: string, fields: object) =>
      response.write(
        `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: events.count(), ...fields })}\n\n`,
      );
    tell('response.created', { response: { id, object: 'response', status: 'in_progress', output: [] } });
    const output = calls.map(({ tool, input }, at) => ({
      type: 'function_call',
      id: `fc_${id}_${at}`,
      call_id: `call_${id}_${at}`,
      name: tool,
      arguments: JSON.stringify(input),
      status: 'completed',
    }));
    conversation.pending = output.map(({ call_id }) => call_id);
    for (const [output_index, item] of output.entries()) tell('response.output_item.done', { output_index, item });
    if (output.length === 0) {
      const text = model.write(
        conversation.message,
        outputs.map((item) => item.output ?? ''),
        request.instructions,
      );
      for (const delta of text.match(/[\s\S]{1,40}/g) ?? [])
        tell('response.output_text.delta', {
          item_id: 'msg_1',
          output_index: 0,
          content_index: 0,
          delta,
          logprobs: [],
        });
    }
    if (state === 'cut') return response.destroy();
    tell('response.completed', { response: { id, object: 'response', status: 'completed', output, usage } });
    return response.end();
  };

  const server = createServer(async (request, response) => {
    if (state === 'silent') return;
    if (state === 'failing') return refuse(response, 500, 'server_error', 'The server had an error.');
    if (request.headers.authorization !== `Bearer ${openAiKey}`)
      return refuse(response, 401, 'invalid_request_error', 'Incorrect API key provided.');
    const place = `${request.method} ${request.url}`;
    if (place === 'POST /v1/conversations') {
      const id = names.next('conv');
      conversations.set(id, { message: '', pending: [] });
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ id, object: 'conversation', created_at: 1, metadata: {} }));
    }
    if (place === 'POST /v1/responses') return respond(response, (await json(request)) as Asked);
    if (place === 'GET /v1/models') {
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ object: 'list', data: [] }));
    }
    return refuse(response, 404, 'invalid_request_error', `Unknown request URL: ${place}.`);
  });
  const url = `http://127.0.0.1:${await listen(server)}/v1`;
  return {
    url,
    /** What was asked of it, oldest first. */
    asked,
    play: (another: PlayedModel) => {
      model = another;
    },
    become: (another: PeerState) => {
      state = another;
    },
    stop: () => hangUp(server),
  };
};

export type OpenAiPeer = Awaited<ReturnType<typeof startOpenAi>>;

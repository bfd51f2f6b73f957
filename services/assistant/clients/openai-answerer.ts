/** A prompt of OpenAI answers, by its conversations and responses. This file loads OpenAI's client: import it on demand. */
import OpenAI from 'openai';
import type { Response, ResponseFunctionToolCall, ResponseInputItem } from 'openai/resources/responses/responses';
import type { Breaker } from '../../kit/calls/breaker.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { providerRefusesKey, providerUnavailable } from '../domain/assistant-refusals.ts';
import type { Turn } from '../domain/conversation.ts';
import { instructions } from '../domain/instructions.ts';
import type { AnswerEvent, Answerer } from './answerer.ts';
import { runTool, toolDescriptions } from './model-tools.ts';

const name = 'OpenAI';
/** Rounds of tools before an answer; a model that goes on asking gets none. */
const mostRounds = 5;
/** Calls of tools in one round. */
const mostCalls = 8;
const mostTokens = 1_000;

const tools = toolDescriptions.map((description) => ({ type: 'function' as const, strict: false, ...description }));

/** Whether OpenAI itself refused, which the breaker takes for an answer. */
const refusalOf = (problem: unknown): Refusal => {
  if (problem instanceof Refusal && problem.code !== 'openai.unavailable') return problem;
  if (problem instanceof OpenAI.AuthenticationError || problem instanceof OpenAI.PermissionDeniedError)
    return providerRefusesKey(name, 'OPENAI_API_KEY', problem);
  return providerUnavailable(name, problem);
};

const itemsOf = (turns: readonly Turn[]): ResponseInputItem[] =>
  turns.flatMap(({ message, answer }): ResponseInputItem[] => [
    { type: 'message', role: 'user', content: message },
    { type: 'message', role: 'assistant', content: answer },
  ]);

const usageOf = ({ usage }: Response): AnswerEvent[] =>
  usage ? [{ type: 'usage', usage: { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens } }] : [];

export type OpenAiParts = {
  readonly apiKey: string;
  readonly apiUrl: string;
  readonly promptId: string;
  readonly timeoutMs: number;
  readonly breaker: Breaker;
};

export const createOpenAiAnswerer = ({ apiKey, apiUrl, promptId, timeoutMs, breaker }: OpenAiParts): Answerer => {
  const client = new OpenAI({ apiKey, baseURL: apiUrl, timeout: timeoutMs, maxRetries: 1, logLevel: 'off' });

  const ask = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      // A refused request says nothing about how OpenAI is.
      const answer = await breaker.run(async () => {
        try {
          return { value: await call() };
        } catch (problem) {
          if (problem instanceof OpenAI.BadRequestError) return { problem };
          throw refusalOf(problem);
        }
      });
      if ('problem' in answer) throw answer.problem;
      return answer.value as T;
    } catch (problem) {
      if (problem instanceof OpenAI.BadRequestError) throw problem;
      throw refusalOf(problem);
    }
  };

  const begin = async (turns: readonly Turn[] = []): Promise<string> =>
    (await ask(() => client.conversations.create({ items: itemsOf(turns.slice(-10)) }))).id;

  const respond = (conversation: string, input: ResponseInputItem[], signal: AbortSignal) =>
    ask(() =>
      client.responses.create(
        {
          conversation,
          prompt: { id: promptId },
          instructions,
          input,
          tools,
          max_output_tokens: mostTokens,
          stream: true,
        },
        { signal },
      ),
    );

  return {
    provider: 'openai',
    begin: () => begin(),
    answer: async function* ({ message, turns, reference, shop, signal }): AsyncGenerator<AnswerEvent> {
      let conversation = reference ?? (await begin(turns));
      let input: ResponseInputItem[] = [{ type: 'message', role: 'user', content: message }];
      for (let round = 0; round < mostRounds; round += 1) {
        const calls: ResponseFunctionToolCall[] = [];
        const stream = await respond(conversation, input, signal).catch(async (problem: unknown) => {
          if (!(problem instanceof OpenAI.BadRequestError) || round > 0) throw refusalOf(problem);
          // An answer that was cut short left a call of a tool without its result, and the conversation takes nothing more.
          conversation = await begin(turns);
          return respond(conversation, input, signal).catch((again: unknown) => {
            throw refusalOf(again);
          });
        });
        try {
          for await (const event of stream) {
            if (event.type === 'response.output_text.delta') yield { type: 'text', text: event.delta };
            else if (event.type === 'response.output_item.done' && event.item.type === 'function_call')
              calls.push(event.item);
            else if (event.type === 'response.completed' || event.type === 'response.incomplete')
              yield* usageOf(event.response);
            else if (event.type === 'response.failed' || event.type === 'error')
              throw providerUnavailable(name, new Error(JSON.stringify(event).slice(0, 500)));
          }
        } catch (problem) {
          throw refusalOf(problem);
        }
        if (conversation !== reference) yield { type: 'reference', reference: conversation };
        if (calls.length === 0) return;
        input = [];
        for (const call of calls) {
          const isTooMany = input.length >= mostCalls;
          const { text, events } = isTooMany
            ? { text: '{"error":"Too many calls at a time."}', events: [] }
            : await runTool(shop, call.name, call.arguments);
          yield* events;
          input.push({ type: 'function_call_output', call_id: call.call_id, output: text });
        }
      }
      throw providerUnavailable(name, new Error('the model asked for tools without end'));
    },
  };
};

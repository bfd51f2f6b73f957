/** An agent on Bedrock answers; it hands its tools back to us (RETURN_CONTROL). This file loads AWS's client: import it on demand. */
import { randomUUID } from 'node:crypto';
import {
  BedrockAgentRuntimeClient,
  type BedrockAgentRuntimeClientConfig,
  type InvocationInputMember,
  type InvocationResultMember,
  InvokeAgentCommand,
  type SessionState,
  type TracePart,
} from '@aws-sdk/client-bedrock-agent-runtime';
import type { Breaker } from '../../kit/calls/breaker.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { providerRefusesKey, providerUnavailable } from '../domain/assistant-refusals.ts';
import { instructions } from '../domain/instructions.ts';
import type { AnswerEvent, Answerer } from './answerer.ts';
import { runTool } from './model-tools.ts';
import type { ShopReader } from './shop-reader.ts';

const name = 'Bedrock';
/** Rounds of tools before an answer; an agent that goes on asking gets none. */
const mostRounds = 5;

const refusedCredentials: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredTokenException',
  'CredentialsProviderError',
]);

const refusalOf = (problem: unknown): Refusal => {
  if (problem instanceof Refusal && problem.code !== 'bedrock.unavailable') return problem;
  if (problem instanceof Error && refusedCredentials.has(problem.name))
    return providerRefusesKey(name, 'the role of the assistant', problem);
  return providerUnavailable(name, problem);
};

/** What one step of the agent's model counted. */
const usageIn = ({ trace }: TracePart): AnswerEvent[] => {
  const usage = trace?.orchestrationTrace?.modelInvocationOutput?.metadata?.usage;
  return usage
    ? [{ type: 'usage', usage: { inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 } }]
    : [];
};

const argumentsOf = (parameters: readonly { name?: string | undefined; value?: string | undefined }[] = []) =>
  Object.fromEntries(parameters.flatMap(({ name: key, value }) => (key === undefined ? [] : [[key, value]])));

/** Runs one call that the agent handed back. */
const resultOf = async (shop: ShopReader, { functionInvocationInput: call }: InvocationInputMember) => {
  const { text, events } = await runTool(shop, call?.function ?? '', argumentsOf(call?.parameters));
  const result: InvocationResultMember = {
    functionResult: {
      actionGroup: call?.actionGroup ?? '',
      function: call?.function ?? '',
      responseBody: { TEXT: { body: text } },
    },
  };
  return { result, events };
};

export type BedrockParts = {
  readonly agentId: string;
  readonly agentAliasId: string;
  readonly timeoutMs: number;
  readonly breaker: Breaker;
  /** Given by tests; default the region and role of the process. */
  readonly client?: BedrockAgentRuntimeClientConfig;
};

export const createBedrockAnswerer = ({ agentId, agentAliasId, timeoutMs, breaker, client }: BedrockParts) => {
  const bedrock = new BedrockAgentRuntimeClient({
    requestHandler: { requestTimeout: timeoutMs, connectionTimeout: 2_000, throwOnRequestTimeout: true },
    maxAttempts: 2,
    ...client,
  });

  const invoke = async (
    sessionId: string,
    asked: { inputText?: string; sessionState: SessionState },
    abortSignal: AbortSignal,
  ) => {
    const command = new InvokeAgentCommand({ agentId, agentAliasId, sessionId, enableTrace: true, ...asked });
    try {
      return await breaker.run(() =>
        bedrock.send(command, { abortSignal }).catch((problem: unknown) => {
          throw refusalOf(problem);
        }),
      );
    } catch (problem) {
      throw refusalOf(problem);
    }
  };

  const answerer: Answerer = {
    provider: 'bedrock',
    begin: async () => randomUUID(),
    answer: async function* ({ message, reference, shop, signal }): AsyncGenerator<AnswerEvent> {
      const sessionId = reference ?? randomUUID();
      let asked: { inputText?: string; sessionState: SessionState } = {
        inputText: message,
        sessionState: { promptSessionAttributes: { instructions } },
      };
      for (let round = 0; round < mostRounds; round += 1) {
        const { completion } = await invoke(sessionId, asked, signal);
        const calls: InvocationInputMember[] = [];
        let invocationId: string | undefined;
        const decoder = new TextDecoder();
        try {
          for await (const event of completion ?? []) {
            if (event.chunk?.bytes) yield { type: 'text', text: decoder.decode(event.chunk.bytes, { stream: true }) };
            else if (event.trace) yield* usageIn(event.trace);
            else if (event.returnControl) {
              invocationId = event.returnControl.invocationId;
              calls.push(...(event.returnControl.invocationInputs ?? []));
            }
          }
        } catch (problem) {
          throw refusalOf(problem);
        }
        if (calls.length === 0 || invocationId === undefined) return;
        const results: InvocationResultMember[] = [];
        for (const call of calls) {
          const { result, events } = await resultOf(shop, call);
          yield* events;
          results.push(result);
        }
        asked = { sessionState: { invocationId, returnControlInvocationResults: results } };
      }
      throw providerUnavailable(name, new Error('the agent asked for tools without end'));
    },
  };
  return { answerer, close: async () => bedrock.destroy() };
};

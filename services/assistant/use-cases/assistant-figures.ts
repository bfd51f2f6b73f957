import type { Metrics } from '../../kit/telemetry/metrics.ts';
import type { AssistantEffects } from './assistant-effects.ts';

/** Dollars that a million tokens cost. */
export type Price = { readonly input: number; readonly output: number };

/** What operators see: answers, how long they took, tokens and what those cost. */
export const assistantFigures = (
  metrics: Metrics,
  prices: Readonly<Partial<Record<string, Price>>>,
): AssistantEffects['figures'] => {
  const messages = metrics.counter({
    name: 'assistant_messages_total',
    help: 'Messages by who answered and what came of it; abandoned: the reader left.',
    labels: ['provider', 'outcome'],
  });
  const durations = metrics.histogram({
    name: 'assistant_answer_seconds',
    help: 'Seconds from a message to the end of its answer.',
    labels: ['provider'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40],
  });
  const tokens = metrics.counter({
    name: 'assistant_tokens_total',
    help: 'Tokens that a provider counted.',
    labels: ['provider', 'direction'],
  });
  const dollars = metrics.counter({
    name: 'assistant_cost_dollars_total',
    help: 'What those tokens cost, by the prices of the configuration.',
    labels: ['provider'],
  });
  const tools = metrics.counter({
    name: 'assistant_tool_calls_total',
    help: 'Tools that a model asked for; refused: unknown, or with arguments that it may not give.',
    labels: ['tool', 'outcome'],
  });
  return {
    answered: (provider, outcome, seconds) => {
      messages.inc({ provider, outcome });
      durations.observe({ provider }, seconds);
    },
    used: (provider, { inputTokens, outputTokens }) => {
      tokens.inc({ provider, direction: 'input' }, inputTokens);
      tokens.inc({ provider, direction: 'output' }, outputTokens);
      const price = prices[provider];
      if (price) dollars.inc({ provider }, (inputTokens * price.input + outputTokens * price.output) / 1_000_000);
    },
    tool: (tool, outcome) => tools.inc({ tool, outcome }),
  };
};

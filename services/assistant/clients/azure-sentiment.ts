/** Azure AI Language reads sentiments. This file loads Azure's client: import it on demand. */
import { AzureKeyCredential, TextAnalysisClient } from '@azure/ai-language-text';
import type { Breaker } from '../../kit/calls/breaker.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { providerRefusesKey, providerUnavailable } from '../domain/assistant-refusals.ts';
import type { SentimentReader } from './sentiment-reader.ts';

const name = 'Azure';

const refusalOf = (problem: unknown): Refusal => {
  if (problem instanceof Refusal && problem.code !== 'azure.unavailable') return problem;
  const { statusCode } = problem as { readonly statusCode?: number };
  return statusCode === 401 || statusCode === 403
    ? providerRefusesKey(name, 'AZURE_LANGUAGE_KEY', problem)
    : providerUnavailable(name, problem);
};

export type AzureParts = {
  readonly endpoint: string;
  readonly key: string;
  readonly timeoutMs: number;
  readonly breaker: Breaker;
};

export const createAzureSentiment = ({ endpoint, key, timeoutMs, breaker }: AzureParts): SentimentReader => {
  const client = new TextAnalysisClient(endpoint, new AzureKeyCredential(key), {
    retryOptions: { maxRetries: 1, maxRetryDelayInMs: 500 },
    // Only tests name an endpoint without TLS; the configuration refuses one where customers are served.
    allowInsecureConnection: endpoint.startsWith('http:'),
  });
  return {
    provider: 'azure',
    read: async (texts) => {
      try {
        const results = await breaker.run(() =>
          client
            .analyze('SentimentAnalysis', [...texts], 'en', { abortSignal: AbortSignal.timeout(timeoutMs) })
            .catch((problem: unknown) => {
              throw refusalOf(problem);
            }),
        );
        return results.map((result) => {
          if (result.error !== undefined) throw providerUnavailable(name, result.error);
          return { sentiment: result.sentiment, scores: { ...result.confidenceScores } };
        });
      } catch (problem) {
        throw refusalOf(problem);
      }
    },
  };
};

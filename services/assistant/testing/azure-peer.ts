/** Sentiment analysis of Azure AI Language: `POST /language/:analyze-text`, by a few words. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { hangUp, listen } from '../../kit/testing/loopback.ts';
import type { PeerState } from './openai-peer.ts';

export const azureKey = '0123456789abcdef0123456789abcdef';

type Asked = {
  readonly kind: string;
  readonly analysisInput: { readonly documents: readonly { readonly id: string; readonly text: string }[] };
};

const feel = (text: string) => {
  if (/thank|great|love/i.test(text))
    return { sentiment: 'positive', confidenceScores: { positive: 0.9, neutral: 0.1, negative: 0 } };
  if (/broken|lost|terrible/i.test(text))
    return { sentiment: 'negative', confidenceScores: { positive: 0, neutral: 0.1, negative: 0.9 } };
  return { sentiment: 'neutral', confidenceScores: { positive: 0.1, neutral: 0.8, negative: 0.1 } };
};

export const startAzure = async () => {
  let state: PeerState = 'well';
  const server = createServer(async (request, response) => {
    if (state === 'silent') return;
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (state === 'failing') return answer(500, { error: { code: 'InternalServerError', message: 'An error.' } });
    if (request.headers['ocp-apim-subscription-key'] !== azureKey)
      return answer(401, { error: { code: '401', message: 'Access denied due to invalid subscription key.' } });
    const { pathname } = new URL(request.url ?? '', 'http://azure');
    if (request.method !== 'POST' || pathname !== '/language/:analyze-text')
      return answer(404, { error: { code: '404', message: 'Resource not found' } });
    const { kind, analysisInput } = (await json(request)) as Asked;
    const documents = analysisInput.documents.map(({ id, text }) => ({
      id,
      ...feel(text),
      sentences: [],
      warnings: [],
    }));
    return answer(200, { kind: `${kind}Results`, results: { documents, errors: [], modelVersion: '2022-11-01' } });
  });
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  return {
    endpoint,
    become: (another: PeerState) => {
      state = another;
    },
    stop: () => hangUp(server),
  };
};

export type AzurePeer = Awaited<ReturnType<typeof startAzure>>;

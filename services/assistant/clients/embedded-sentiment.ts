import { feltFrom } from '../domain/sentiment.ts';
import type { SentimentReader } from './sentiment-reader.ts';

/** Sentiments by a model in the process, read at the first thread: English, and good enough to sort a queue of complaints. */
export const createEmbeddedSentiment = (): SentimentReader => ({
  provider: 'embedded',
  read: async (texts) => {
    const { scoreOf } = await import('./wink-model.ts');
    return texts.map((text) => feltFrom(scoreOf(text)));
  },
});

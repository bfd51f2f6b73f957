/** The model of sentiments. It takes some 60 MB of a process: import this file on demand. */
import model from 'wink-eng-lite-web-model';
import winkNLP from 'wink-nlp';

const nlp = winkNLP(model, ['sbd', 'negation', 'sentiment']);

/** How a text feels, from -1 to 1. */
export const scoreOf = (text: string): number => Number(nlp.readDoc(text).out(nlp.its.sentiment));

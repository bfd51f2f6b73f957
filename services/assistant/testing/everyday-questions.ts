/** Questions as people write them, first asked when no rule was made for them: 12 of 30 were answered rightly, and kinds of them mended. */
import type { FactQuestion } from './evaluation.ts';

const about = (list: readonly (readonly [ask: string, ...facts: string[]])[]): FactQuestion[] =>
  list.map(([ask, ...facts]) => ({ ask, facts }));

const ofFilms = about([
  ['My kid loves Chicken Run, what would it set me back?', '$5.99'],
  ["I'd like to know what Jaws goes for", '$27.99'],
  ['Got any copies of Donnie Darko?', 'Donnie Darko', 'in stock|available'],
  ['Whose film is Amadeus?', 'Milos Forman'],
  ['Apollo 13, who was behind the camera?', 'Ron Howard'],
  ['Is Braveheart suitable for children?', 'rating: R'],
  ['Which studio put out Groundhog Day?', 'Sony/Columbia'],
  ['How old is The Shining?', '1980'],
  ['Does Chicken Run take more than two hours?', '84'],
  ['What do people on IMDb think of Rain Man?', 'imdb rating: 8'],
  [
    'Anything by Stanley Kubrick on your shelves?',
    'The Shining|2001: A Space Odyssey|Eyes Wide Shut|Full Metal Jacket',
  ],
  ['Is Pulp Fiction more expensive than Braveheart?', '$20.99', '$25.99'],
  ['I want something scary for less than ten dollars', 'Horror'],
  ['groundhog day dvd price??', '$16.99'],
  ['Could you recommend a musical?', 'Musical'],
  ['Looking for a western to give as a present', 'Western'],
  ['How much would I pay for Braveheart and Jaws?', '$25.99', '$27.99'],
  ['is finding nemo still sold', 'Finding Nemo', 'in stock|available'],
]);

const ofRules = about([
  ['I changed my mind about a film I bought. What now?', 'within 30 days'],
  ['The disc I received skips in the middle', '14 days'],
  ['When will the money be back on my card?', '5 working days'],
  ['Will my parcel be here by the weekend if I order on Monday?', '2 to 4 working days'],
  ['I live in Canada, can I order from you?', 'abroad'],
  ['What credit cards work here?', 'Visa'],
  ['Do I have to sign up before I buy?', 'as a guest'],
  ['How can I reach a real person?', 'Monday to Friday|a person reads it'],
]);

const ofOrders = about([
  ["Why hasn't my stuff arrived yet?", 'status: {newestStatus}'],
  ['When I last shopped here, what did it come to?', '{newestTotal}'],
  ['Did my payment for {oldest} go through?', 'status: {oldestStatus}'],
  ['Remind me which movies I got from you', '{newestTitle}', '{oldestTitle}'],
  ['What was the first thing I ever bought from you?', '{oldestTitle}'],
  ['To which address is {newest} going?', 'Springfield'],
  ['any news on {newest}?', 'status: {newestStatus}'],
]);

export const everydayQuestions: readonly FactQuestion[] = [...ofFilms, ...ofRules, ...ofOrders];

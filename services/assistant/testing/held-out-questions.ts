/**
 * Questions that no rule of the embedded assistant was made for, so that the share of right answers says what a stranger meets. Whoever
 * mends a rule because of one moves that question to `everyday-questions.ts` and writes a new one here, else the share says nothing any more.
 */
import type { FactQuestion } from './evaluation.ts';

const about = (list: readonly (readonly [ask: string, ...facts: string[]])[]): FactQuestion[] =>
  list.map(([ask, ...facts]) => ({ ask, facts }));

const ofFilms = about([
  ["I'm thinking of getting Amadeus for my dad, is it pricey?", '$5.99'],
  ['We watched Apollo 13 last night. Who was the director again?', 'Ron Howard'],
  ['apollo 13 do you still sell it', '$13.99'],
  ['Give me the prices of Shrek and Chicken Run', '$29.99', '$5.99'],
  ['Was Donnie Darko made before or after 2000?', '2001'],
  ['May a ten year old watch Jaws?', 'rating: PG'],
  ['Which company released The Shining?', 'Warner Bros.'],
  ['What else did Harold Ramis make?', 'Groundhog Day|Analyze This|Bedazzled|Caddyshack'],
  ['We have a long flight ahead, any adventure films for the children?', 'Adventure'],
  ['Is there a version of Psycho from the nineties?', 'Psycho'],
  ['What could I get for five dollars?', '$4.99'],
  ['Shrek, how many minutes?', '90'],
  ['Is Rain Man a drama or a comedy?', 'Comedy'],
  ['I need a film for a romantic evening', 'Romantic Comedy'],
]);

const ofRules = about([
  ['Can I get my cash back if the film is boring?', 'within 30 days|5 working days'],
  ['The case was smashed when the postman brought it', '14 days'],
  ['What does sending to Germany cost?', 'Shipping is free'],
  ['How many days until my purchase gets to me?', '2 to 4 working days'],
  ['Is American Express fine?', 'American Express'],
  ['I clicked buy by mistake, how do I stop it?', 'until it is being packed'],
  ['I cannot get into my account any more', 'reset by a mail'],
  ['Please erase everything you know about me', 'delete your account'],
  ['Whom do I write to when something goes wrong?', 'Monday to Friday|a person reads it'],
]);

const ofOrders = about([
  ['Is Gladiator on its way to me?', 'status: {newestStatus}'],
  ['Which film did I get last?', '{newestTitle}'],
  ['How much money have I spent on {oldest}?', '{oldestTotal}'],
  ['Can you look up {newest} for me?', '{newestTitle}'],
  ['Has anything of mine been sent out?', 'status: {newestStatus}'],
  ['I paid yesterday and heard nothing since', 'status: {newestStatus}'],
  ['Give me an overview of everything I purchased', '{newest}', '{oldest}'],
]);

export const heldOutQuestions: readonly FactQuestion[] = [...ofFilms, ...ofRules, ...ofOrders];

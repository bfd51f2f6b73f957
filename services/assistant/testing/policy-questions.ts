/** Questions about the rules of the shop, and words of the rule that answers them. */
import type { FactQuestion } from './evaluation.ts';

const returns = 'within 30 days';
const refunds = '5 working days';
const damaged = '14 days';
const shipping = 'Shipping is free';
const delivery = '2 to 4 working days';
const payment = 'Visa';
const cancellation = 'until it is being packed';

export const policyQuestions: readonly FactQuestion[] = [
  { ask: 'What is your return policy?', facts: [returns] },
  { ask: 'How long do I have to return a film?', facts: [returns] },
  { ask: 'Can I send a DVD back if I do not like it?', facts: [returns] },
  { ask: 'Who pays the postage when I return something?', facts: ['return postage'] },
  { ask: 'When do I get my refund?', facts: [refunds] },
  { ask: 'How long does a refund take?', facts: [refunds] },
  { ask: 'What happens if my disc is scratched?', facts: [damaged] },
  { ask: 'My film arrived damaged, what can I do?', facts: [damaged] },
  { ask: 'Is there a guarantee?', facts: ['24 months'] },
  { ask: 'How much does shipping cost?', facts: [shipping] },
  { ask: 'How long does delivery take?', facts: [delivery] },
  { ask: 'Do you ship abroad?', facts: ['5 to 10 abroad'] },
  { ask: 'Is delivery free?', facts: [shipping] },
  { ask: 'Which payment methods do you accept?', facts: [payment] },
  { ask: 'Can I pay with PayPal?', facts: ['no PayPal'] },
  { ask: 'Do you take Mastercard?', facts: ['Mastercard'] },
  { ask: 'When is my card charged?', facts: ['set aside for you'] },
  { ask: 'How can I cancel my order?', facts: [cancellation] },
  { ask: 'Can I change my order after I placed it?', facts: ['cancel it and order again'] },
  { ask: 'Do I need an account to buy?', facts: ['as a guest'] },
  { ask: 'I forgot my password', facts: ['reset by a mail'] },
  { ask: 'What do you do with my personal data?', facts: ['delete your account'] },
  { ask: 'How do I contact customer service?', facts: ['Monday to Friday'] },
  { ask: 'Can I talk to a human?', facts: ['a person reads it'] },
  { ask: 'Do you accept gift cards?', facts: ['gift cards'] },
];

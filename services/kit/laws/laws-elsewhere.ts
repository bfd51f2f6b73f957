/** Laws that need more than databases, in their words, and who asks them: what checks the others says so of these. */
import type { Law } from './law.ts';

export type LawElsewhere = Omit<Law, 'check'> & {
  /** Why databases alone cannot tell, and who can; a sentence. */
  readonly elsewhere: string;
};

const log = 'It reads the whole event log, which is too much beside a shop that sells; "npx cloudmart laws" does.';
const provider = "It needs the provider's own books, which a comparison of the books asks for: see Books.";
const mails = 'A mail that was sent cannot be listed here; "npx cloudmart laws" reads those of a shop on its machine.';
const ledger = 'The ledger is asked order by order; "npx cloudmart events check" does.';

export const lawsElsewhere = {
  I5: {
    id: 'I5',
    sentence: 'what a service wrote to its outbox is in the log, and nothing else is',
    when: 'quiet',
    elsewhere: log,
  },
  I9: {
    id: 'I9',
    sentence: 'every published event is handled or parked by every consumer that acts on its type',
    when: 'quiet',
    elsewhere: log,
  },
  I10: {
    id: 'I10',
    sentence:
      "no order is charged twice, captured beyond its authorisation or refunded beyond its capture, by the provider's own books",
    when: 'always',
    elsewhere: provider,
  },
  I11: {
    id: 'I11',
    sentence: "the provider's captures and refunds are ours, both ways, and no outcome stays unknown",
    when: 'quiet',
    elsewhere: provider,
  },
  I14: {
    id: 'I14',
    sentence: 'every paid order has exactly one confirmation mail, and no other order has one',
    when: 'quiet',
    elsewhere: mails,
  },
  I15: {
    id: 'I15',
    sentence: 'the ledger holds exactly the events of every order, unchanged and in one chain',
    when: 'quiet',
    elsewhere: ledger,
  },
  I17: {
    id: 'I17',
    sentence: 'the log tells of each subject in one partition and in the order in which it changed',
    when: 'always',
    elsewhere: log,
  },
  I18: {
    id: 'I18',
    sentence: 'a dead letter that counts as replayed is in its topic once more',
    when: 'always',
    elsewhere: log,
  },
} as const satisfies Record<string, LawElsewhere>;

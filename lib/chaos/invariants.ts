/** What must be true after every fault is over, one letter each, and what of the data and the run says so. */
import type { Drift } from '../../services/contracts/http/reconciliation-api.ts';
import type { Violation } from '../../services/kit/laws/law.ts';
import type { LawVerdict } from '../laws/check-laws.ts';

/** Every invariant, with what it says. */
export const invariants = {
  M: 'captured less refunded is what the ledger, the orders and the provider say',
  S: 'reserved units are those of live reservations, and none is sold that is not there',
  O: 'every change has its one row in the outbox',
  D: 'what was sent is handled, put aside or on its way, and nothing else is',
  E: 'an event takes effect once, however often it comes',
  Q: 'the events of a subject keep their order',
  K: 'the same request has one effect and one answer, and none that was answered is lost',
  L: 'one process at a time publishes',
  C: 'a customer gets one mail for each purpose',
  H: 'once the faults are over everything finishes: nothing lags, and no purchase is stuck',
} as const;

export type Letter = keyof typeof invariants;

/** Which laws of docs/laws.md belong to which invariant. */
const lawsOf: Readonly<Record<Letter, readonly string[]>> = {
  M: ['I10', 'I11', 'I12', 'I13'],
  S: ['I6', 'I7'],
  O: ['I3', 'I16'],
  D: ['I5', 'I9', 'I18'],
  E: ['I4', 'I15'],
  Q: ['I17'],
  K: ['I1', 'I2'],
  L: [],
  C: ['I14'],
  H: ['I8'],
};

/** What something else than a law found. */
export type Finding = { readonly letter: Letter; readonly checked: number; readonly violations: readonly Violation[] };

export type InvariantVerdict = {
  readonly letter: Letter;
  readonly sentence: string;
  /** How many things were looked at. */
  readonly checked: number;
  readonly violations: readonly Violation[];
};

/** One verdict for each letter. */
export const judgeInvariants = (
  laws: readonly Pick<LawVerdict, 'id' | 'checked' | 'violations'>[],
  findings: readonly Finding[],
): InvariantVerdict[] =>
  (Object.keys(invariants) as Letter[]).map((letter) => {
    const parts = [
      ...laws.filter(({ id }) => lawsOf[letter].includes(id)),
      ...findings.filter((finding) => finding.letter === letter),
    ];
    return {
      letter,
      sentence: invariants[letter],
      checked: parts.reduce((sum, { checked }) => sum + checked, 0),
      violations: parts.flatMap(({ violations }) => violations),
    };
  });

/** Drifts of the books, each under the invariant of what it is about. */
export const findingsOfDrifts = (drifts: readonly Drift[], compared: number): Finding[] => {
  const findingOf = (letter: Letter, some: readonly Drift[]): Finding => ({
    letter,
    checked: compared,
    violations: some.map(({ kind, detail, orderId, paymentId, productId }) => ({
      subject: orderId ?? paymentId ?? productId ?? kind,
      detail: `${kind}: ${detail}`,
    })),
  });
  const {
    stuck = [],
    stock = [],
    money = [],
  } = Object.groupBy(drifts, ({ kind, productId }) => {
    if (kind === 'order-stuck' || kind === 'order-not-processed') return 'stuck';
    return productId === null ? 'money' : 'stock';
  });
  return [findingOf('M', money), findingOf('S', stock), findingOf('H', stuck)];
};

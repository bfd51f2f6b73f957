/** Has a shop compare the events of its orders with its ledger, at its public door, page after page, and repair what can be repaired. */
import { sequenceFaults } from '../../services/contracts/http/operations/event-sequences-api.ts';
import type { SequenceFinding, SequenceRepair } from './operations-views.ts';
import type { AdminSession } from './staff-session.ts';

export type EventsChecked = {
  readonly orders: number;
  readonly events: number;
  /** Orders with an event too young to be compared. */
  readonly underWay: number;
  readonly findings: readonly SequenceFinding[];
};

export type WhichOrders = { readonly days: number; readonly from?: string | undefined };

/** Pages between two sentences about how far it is. */
const PAGES_A_SENTENCE = 10;
/** Orders of one repair. */
const REPAIRED_AT_ONCE = 20;

/** Compares all of them. Throws `ApiProblem`. */
export const checkEvents = async (
  { operations }: AdminSession,
  which: WhichOrders,
  progress: (sentence: string) => void,
): Promise<EventsChecked> => {
  const findings: SequenceFinding[] = [];
  const sum = { orders: 0, events: 0, underWay: 0 };
  let after: string | undefined;
  for (let page = 1; ; page++) {
    const answer = await operations.checkSequences({ body: { ...which, ...(after !== undefined && { after }) } });
    sum.orders += answer.checked.orders;
    sum.events += answer.checked.events;
    sum.underWay += answer.underWay;
    findings.push(...answer.findings);
    if (answer.next === null) return { ...sum, findings };
    after = answer.next;
    if (page % PAGES_A_SENTENCE === 0) progress(`compared ${sum.orders} orders so far, ${findings.length} findings`);
  }
};

/** Publishes again what the findings lack; the door looks once more before it does. */
export const repairEvents = async (
  { operations }: AdminSession,
  findings: readonly SequenceFinding[],
  act: { readonly reason: string; readonly dryRun: boolean },
): Promise<SequenceRepair[]> => {
  const orders = [...new Set(findings.map(({ orderId }) => orderId))];
  const repairs: SequenceRepair[] = [];
  for (let at = 0; at < orders.length; at += REPAIRED_AT_ONCE) {
    const some = orders.slice(at, at + REPAIRED_AT_ONCE);
    repairs.push(...(await operations.repairSequences({ body: { ...act, orders: some } })).repairs);
  }
  return repairs;
};

/** What a fault is, and what a person does about it, in words; of a newer shop what it says itself. */
export const wordsOf = ({ fault, detail }: SequenceFinding): { readonly means: string; readonly byHand: string } =>
  Object.hasOwn(sequenceFaults, fault)
    ? sequenceFaults[fault as keyof typeof sequenceFaults]
    : { means: detail, byHand: 'see the log of the operations service' };

/**
 * One attempt to pay, kept until its outcome is known: whatever happens meanwhile, a reload, the back button, a lost answer,
 * the same request goes out with the same key, and the shop answers with the same order.
 */
import { ApiProblem } from '../../contracts/http/ask.ts';
import type { RequestOf } from '../../contracts/http/client.ts';
import type { orderDoors } from '../../contracts/http/order-doors.ts';
import { shop } from './shop.ts';

/** What is ordered, as the door takes it. */
export type Purchase = RequestOf<typeof orderDoors.place>['body'];

export type PaymentAttempt = { readonly key: string; readonly body: Purchase };

const place = 'payment-attempt';

/** The attempt whose outcome this tab does not know yet. */
export const openAttempt = (): PaymentAttempt | undefined => {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
};

/** Begins an attempt, or goes on with the open one when it buys the same in the same way. */
export const beginAttempt = (body: Purchase): PaymentAttempt => {
  const open = openAttempt();
  if (open && JSON.stringify(open.body) === JSON.stringify(body)) return open;
  const attempt = { key: crypto.randomUUID(), body };
  sessionStorage.setItem(place, JSON.stringify(attempt));
  return attempt;
};

/** Forgets the attempt: the next one pays anew. */
export const endAttempt = (): void => sessionStorage.removeItem(place);

/** Refusals after which the attempt may still come to an order: it is being worked on, or nobody knows. */
const isUndecided = (problem: unknown): boolean =>
  !(problem instanceof ApiProblem) ||
  problem.status >= 500 ||
  problem.status === 429 ||
  ['order.in-flight', 'order.key-reused'].includes(problem.code);

/** Sends the attempt and forgets it once its outcome is known. Throws what the door throws. */
export const sendAttempt = async ({ key, body }: PaymentAttempt) => {
  const { orders } = await shop();
  try {
    const answer = await orders.place({ headers: { 'idempotency-key': key }, body });
    endAttempt();
    return answer.body.order;
  } catch (problem) {
    if (!isUndecided(problem)) endAttempt();
    throw problem;
  }
};

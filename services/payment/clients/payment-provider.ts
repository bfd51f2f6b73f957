/** What the service asks of whoever moves the money; the sandbox and real providers are held to the same. */
import type { Charge } from '../domain/payment.ts';

export type Money = { readonly amount: number; readonly currency: string };

/**
 * Every call answers the charge as the provider's books have it afterwards, also when the wish came too late:
 * a capture of a voided charge answers `voided`. Calls are idempotent by `key` (for refunds by `refundId`), so that asking again
 * after a lost answer is safe, and is the only way that is. A call without an answer in time throws `ProviderSilence`.
 */
export type PaymentProvider = {
  /**
   * With `capture` the money is taken too where it can be had; a charge that is authorised already answers as it is. `begunAt` is when the
   * payment began, whenever it is asked for again: a provider may remember keys for a day only. A token that a buyer's browser gave may
   * answer `awaiting-buyer`: asked again once the buyer has proved to the bank who pays, it answers what came of it.
   */
  authorise(request: { key: string; amount: Money; token: string; capture?: boolean; begunAt: Date }): Promise<Charge>;
  capture(request: { reference: string }): Promise<Charge>;
  void(request: { reference: string }): Promise<Charge>;
  refund(request: { reference: string; refundId: string; amount: Money }): Promise<Charge>;
  /** The charge as it is, changing nothing. */
  find(request: { reference: string }): Promise<Charge>;
  /** Whether there is a charge of this name. */
  knows(request: { reference: string }): Promise<boolean>;
  /** Charges of this shop that began in a span of time, whose outcome is known, in no order; for the comparison of books. */
  charges(span: { since: Date; until: Date }): AsyncIterable<ListedCharge>;
};

/** A charge with the key and the money that it was begun with. */
export type ListedCharge = Charge & { readonly key: string; readonly amount: number; readonly currency: string };

/** What a provider told of its own accord: that something happened to a charge, whatever it was. */
export type Notice = {
  /** The provider's id of the telling, the same however often it is told. */
  readonly eventId: string;
  readonly reference: string;
  /** The payment's own id, where the provider tells it along. */
  readonly key: string | undefined;
};

/** The provider did not answer, or not in time; whether it acted is unknown. */
export class ProviderSilence extends Error {
  constructor(call: string, options?: ErrorOptions) {
    super(`the payment provider did not answer "${call}"`, options);
    this.name = 'ProviderSilence';
  }
}

/** Gives every call of a provider the same time to answer, in milliseconds. */
export const withDeadline = (provider: PaymentProvider, timeoutMs: number): PaymentProvider => {
  const limited = async <Answer>(call: string, answer: Promise<Answer>): Promise<Answer> => {
    const silence = Promise.withResolvers<never>();
    const timer = setTimeout(() => silence.reject(new ProviderSilence(`${call} within ${timeoutMs} ms`)), timeoutMs);
    try {
      return await Promise.race([answer, silence.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    authorise: (request) => limited('authorise', provider.authorise(request)),
    capture: (request) => limited('capture', provider.capture(request)),
    void: (request) => limited('void', provider.void(request)),
    refund: (request) => limited('refund', provider.refund(request)),
    find: (request) => limited('find', provider.find(request)),
    knows: (request) => limited('knows', provider.knows(request)),
    // Read page by page in the background, each of which has its own time at the provider.
    charges: (span) => provider.charges(span),
  };
};

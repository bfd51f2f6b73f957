/** What the service asks of whoever moves the money; the sandbox and real providers are held to the same. */
import type { Charge } from '../domain/payment.ts';

export type Money = { readonly amount: number; readonly currency: string };

/**
 * Every call answers the charge as the provider's books have it afterwards, also when the wish came too late:
 * a capture of a voided charge answers `voided`. Calls are idempotent by `key` (for refunds by `refundId`), so that asking again
 * after a lost answer is safe, and is the only way that is. A call without an answer in time throws `ProviderSilence`.
 */
export type PaymentProvider = {
  /** With `capture` the money is taken too where it can be had; a charge that is authorised already answers as it is. */
  authorise(request: { key: string; amount: Money; token: string; capture?: boolean }): Promise<Charge>;
  capture(request: { reference: string }): Promise<Charge>;
  void(request: { reference: string }): Promise<Charge>;
  refund(request: { reference: string; refundId: string; amount: Money }): Promise<Charge>;
};

/** The provider did not answer in time; whether it acted is unknown. */
export class ProviderSilence extends Error {
  constructor(call: string, timeoutMs: number) {
    super(`the payment provider did not answer "${call}" within ${timeoutMs} ms`);
    this.name = 'ProviderSilence';
  }
}

/** Gives every call of a provider the same time to answer, in milliseconds. */
export const withDeadline = (provider: PaymentProvider, timeoutMs: number): PaymentProvider => {
  const limited = async <Answer>(call: string, answer: Promise<Answer>): Promise<Answer> => {
    const silence = Promise.withResolvers<never>();
    const timer = setTimeout(() => silence.reject(new ProviderSilence(call, timeoutMs)), timeoutMs);
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
  };
};

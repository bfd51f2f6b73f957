/** Why a card was declined, in the words of the shop: stable, and telling a thief nothing. */

/**
 * By Stripe's decline code, else by its error code; what is missing is `card-declined`. Lost and stolen cards are missing on purpose.
 * Source: Stripe, "Decline codes" and "Error codes".
 */
const reasons: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    insufficient_funds: 'insufficient-funds',
    card_velocity_exceeded: 'limit-exceeded',
    withdrawal_count_limit_exceeded: 'limit-exceeded',
    expired_card: 'card-expired',
    invalid_expiry_month: 'card-expired',
    invalid_expiry_year: 'card-expired',
    incorrect_cvc: 'cvc-incorrect',
    invalid_cvc: 'cvc-incorrect',
    authentication_required: 'authentication-required',
    payment_intent_authentication_failure: 'authentication-required',
    card_not_supported: 'card-not-supported',
    currency_not_supported: 'card-not-supported',
    incorrect_number: 'card-unknown',
    invalid_number: 'card-unknown',
    invalid_account: 'card-unknown',
    resource_missing: 'card-unknown',
    token_already_used: 'card-unknown',
    token_in_use: 'card-unknown',
    amount_too_small: 'amount-refused',
    amount_too_large: 'amount-refused',
    issuer_not_available: 'issuer-unavailable',
    processing_error: 'issuer-unavailable',
    reenter_transaction: 'issuer-unavailable',
    try_again_later: 'issuer-unavailable',
  }),
);

/** The reason that the shop gives for what Stripe says of a failed authorisation. */
export const declineReasonOf = ({
  decline_code: declineCode,
  code,
}: {
  readonly decline_code?: string | null | undefined;
  readonly code?: string | null | undefined;
}): string => reasons.get(declineCode ?? '') ?? reasons.get(code ?? '') ?? 'card-declined';

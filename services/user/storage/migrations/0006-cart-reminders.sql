-- Since when the customer agrees to be written to about a cart that waits; null: he does not.
ALTER TABLE users ADD cart_reminders_since timestamptz;
-- The last reminder that was asked for, until it is withdrawn, and when.
ALTER TABLE users ADD reminded_of text;
ALTER TABLE users ADD reminded_at timestamptz;

ALTER TABLE mailed_links DROP CONSTRAINT mailed_links_purpose_check;
ALTER TABLE mailed_links ADD CONSTRAINT mailed_links_purpose_check
  CHECK (purpose IN ('verify-address', 'reset-password', 'cart-waiting'));

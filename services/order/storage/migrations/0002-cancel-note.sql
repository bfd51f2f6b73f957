-- What somebody wrote about a cancellation stands beside its reason, which is a code.
ALTER TABLE orders ADD COLUMN cancel_note text;

UPDATE orders SET cancel_note = cancel_reason, cancel_reason = 'cancelled-by-customer'
  WHERE cancel_reason NOT IN (
    'cancelled-by-customer', 'cancelled-by-staff', 'out-of-stock', 'reservation-expired', 'timed-out');

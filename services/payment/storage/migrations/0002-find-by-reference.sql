-- Providers tell of refunds by their own name of the charge.
CREATE INDEX payments_by_reference ON payments (reference) WHERE reference IS NOT NULL;

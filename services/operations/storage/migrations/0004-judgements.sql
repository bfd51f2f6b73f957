-- How often the severity of an incident was judged: what is told of one judgement is not told of the next of the same severity.
ALTER TABLE incidents ADD COLUMN judgement integer NOT NULL DEFAULT 1;

/**
 * SQL of a condition that is always true and lets the transaction's commit go on before it is on disk. Only for what may be undone by
 * a crash of the database, as if it had not been done yet: marks of what others find again, claims that run out. Never for anything that
 * somebody was told. Whatever commits later and waits for the disk takes it along, so that nothing is ever kept without what it follows from.
 */
export const commitSoon = `(SELECT set_config('synchronous_commit', 'off', true)) = 'off'`;

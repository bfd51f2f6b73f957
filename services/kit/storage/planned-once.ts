/**
 * SQL of a list parameter, such as `$1`, that the planner does not look into: the statement is planned once a connection. With lists in sight
 * PostgreSQL believes that each deserves a plan of its own, and making that takes longer than to run a statement on a few rows. For
 * prepared statements over short lists.
 */
export const plannedOnce = (parameter: string, type: 'text' | 'integer' | 'bigint'): string =>
  `(SELECT ${parameter}::${type}[])::${type}[]`;

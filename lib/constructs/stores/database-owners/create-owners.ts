/** Gives every service its own PostgreSQL role and database, as often as it is asked to. */

/** A database and the role that owns it; both are taken from manifests. */
export type DatabaseOwner = { readonly database: string; readonly role: string };

/** One connection to one database. */
export type Connection = {
  query(text: string, values?: unknown[]): Promise<{ rowCount: number | null }>;
  end(): Promise<void>;
};

/** Opens a connection to a database as the administrator. */
export type Connect = (database: string) => Promise<Connection>;

const identifier = (name: string): string => {
  if (!/^[a-z][a-z0-9_-]{0,62}$/.test(name))
    throw new Error(`"${name}" cannot name a role or a database; use a letter and up to 62 of a-z, 0-9, "_" and "-"`);
  return `"${name}"`;
};

const exists = async (connection: Connection, table: 'pg_roles' | 'pg_database', name: string) => {
  const column = table === 'pg_roles' ? 'rolname' : 'datname';
  return (await connection.query(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [name])).rowCount === 1;
};

const createOwner = async (administrator: Connection, { database, role }: DatabaseOwner) => {
  const [databaseName, roleName] = [identifier(database), identifier(role)];
  if (!(await exists(administrator, 'pg_roles', role))) await administrator.query(`CREATE ROLE ${roleName} LOGIN`);
  // With rds_iam a role signs in by IAM token only; outside AWS the role does not exist and passwords stay.
  if (await exists(administrator, 'pg_roles', 'rds_iam')) await administrator.query(`GRANT rds_iam TO ${roleName}`);
  // Whoever hands a database to a role must be able to become that role. To inherit from it would be to inherit rds_iam, and RDS would
  // refuse the administrator's password from then on. Source: RDS user guide, "Creating a database account using IAM authentication".
  await administrator.query(`GRANT ${roleName} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE`);
  if (!(await exists(administrator, 'pg_database', database)))
    await administrator.query(`CREATE DATABASE ${databaseName} OWNER ${roleName}`);
  await administrator.query(`ALTER DATABASE ${databaseName} OWNER TO ${roleName}`);
  // The owner of a database owns its schema public too, by pg_database_owner.
  await administrator.query(`SET ROLE ${roleName}`);
  await administrator.query(`REVOKE ALL ON DATABASE ${databaseName} FROM PUBLIC`);
  await administrator.query(`GRANT CONNECT ON DATABASE ${databaseName} TO SESSION_USER`);
  await administrator.query('RESET ROLE');
};

/**
 * Creates what is missing and repairs ownership; what is there already stays as it is, data included.
 * Nobody but the owner (and the administrator, who reads nothing before it has said `SET ROLE`) can connect to a database. A database
 * that no manifest names any more is left alone. One sign-in does it all.
 */
export const createOwners = async (connect: Connect, owners: readonly DatabaseOwner[]): Promise<void> => {
  const administrator = await connect('postgres');
  try {
    for (const owner of owners) await createOwner(administrator, owner);
  } finally {
    await administrator.end();
  }
};

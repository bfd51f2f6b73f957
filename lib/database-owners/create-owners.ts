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

const closing = async (connection: Connection, work: () => Promise<void>) => {
  try {
    await work();
  } finally {
    await connection.end();
  }
};

const createOwner = async (administrator: Connection, { database, role }: DatabaseOwner) => {
  const [databaseName, roleName] = [identifier(database), identifier(role)];
  if (!(await exists(administrator, 'pg_roles', role))) await administrator.query(`CREATE ROLE ${roleName} LOGIN`);
  // With rds_iam a role signs in by IAM token only; outside AWS the role does not exist and passwords stay.
  if (await exists(administrator, 'pg_roles', 'rds_iam')) await administrator.query(`GRANT rds_iam TO ${roleName}`);
  // Whoever hands a database to a role must be a member of that role.
  await administrator.query(`GRANT ${roleName} TO CURRENT_USER`);
  if (!(await exists(administrator, 'pg_database', database)))
    await administrator.query(`CREATE DATABASE ${databaseName} OWNER ${roleName}`);
  await administrator.query(`ALTER DATABASE ${databaseName} OWNER TO ${roleName}`);
  await administrator.query(`REVOKE ALL ON DATABASE ${databaseName} FROM PUBLIC`);
};

/**
 * Creates what is missing and repairs ownership; what is there already stays as it is, data included.
 * Nobody but the owner (and the administrator) can connect to a database. A database that no manifest names any more is left alone.
 */
export const createOwners = async (connect: Connect, owners: readonly DatabaseOwner[]): Promise<void> => {
  const administrator = await connect('postgres');
  await closing(administrator, async () => {
    for (const owner of owners) await createOwner(administrator, owner);
  });
  for (const { database, role } of owners) {
    const inside = await connect(database);
    await closing(inside, async () => {
      await inside.query(`ALTER SCHEMA public OWNER TO ${identifier(role)}`);
      await inside.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    });
  }
};

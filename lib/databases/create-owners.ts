/** Gives services their own PostgreSQL roles and databases, as often as it is asked to: on RDS, on this machine and in a container. */
import pg from 'pg';

/** Who opens a connection under a name: whoever has a token of IAM, whoever knows the password, or nobody. */
export type SignIn = 'iam' | 'nobody' | { readonly password: string };

export type DatabaseRole = { readonly role: string; readonly signIn: SignIn };

/** A database and the role that owns it; both are taken from manifests. */
export type DatabaseOwner = DatabaseRole & { readonly database: string };

/** One connection of an administrator, who may make roles and databases; on RDS that is no superuser. */
export type Administrator = {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rowCount: number | null; readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
};

/** Quotes a name that takes nothing else than a letter and up to 62 of `a-z0-9_-`; throws one sentence for others. */
export const identifier = (name: string): string => {
  if (!/^[a-z][a-z0-9_-]{0,62}$/.test(name))
    throw new Error(`"${name}" cannot name a role or a database; use a letter and up to 62 of a-z, 0-9, "_" and "-"`);
  return `"${name}"`;
};

const exists = async (administrator: Administrator, table: 'pg_roles' | 'pg_database', name: string) => {
  const column = table === 'pg_roles' ? 'rolname' : 'datname';
  return (await administrator.query(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [name])).rowCount === 1;
};

/** Makes a role unless it is there, and lets it sign in as said. */
export const ensureRole = async (administrator: Administrator, { role, signIn }: DatabaseRole): Promise<void> => {
  const name = identifier(role);
  if (!(await exists(administrator, 'pg_roles', role)))
    await administrator.query(`CREATE ROLE ${name} ${signIn === 'nobody' ? 'NOLOGIN' : 'LOGIN'}`);
  // With rds_iam a role signs in by IAM token only; outside AWS the role does not exist and passwords stay.
  if (signIn === 'iam' && (await exists(administrator, 'pg_roles', 'rds_iam')))
    await administrator.query(`GRANT rds_iam TO ${name}`);
  if (typeof signIn === 'object')
    await administrator.query(
      `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${pg.escapeLiteral(signIn.password)}`,
    );
};

const createOwner = async (administrator: Administrator, owner: DatabaseOwner) => {
  const [databaseName, roleName] = [identifier(owner.database), identifier(owner.role)];
  await ensureRole(administrator, owner);
  // Whoever hands a database to a role must be able to become that role. To inherit from it would be to inherit rds_iam, and RDS would
  // refuse the administrator's password from then on. Source: RDS user guide, "Creating a database account using IAM authentication".
  await administrator.query(`GRANT ${roleName} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE`);
  if (!(await exists(administrator, 'pg_database', owner.database)))
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
 * Nobody but the owner (and the administrator, who on RDS reads nothing before it has said `SET ROLE`) can connect to a database. A
 * database that no manifest names any more is left alone.
 */
export const createOwners = async (administrator: Administrator, owners: readonly DatabaseOwner[]): Promise<void> => {
  for (const owner of owners) await createOwner(administrator, owner);
};

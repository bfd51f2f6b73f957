/** Lets services read databases that others own, as often as it is asked to: what is there, and what its owner makes later. */
import { countStatements } from './count-statements.ts';
import { type Administrator, type DatabaseRole, ensureRole, identifier } from './create-owners.ts';

/** A role that reads a database, and the role that owns it; all are taken from manifests. */
export type DatabaseReader = DatabaseRole & {
  readonly database: string;
  /** Whether it also sees every session of the server, what statements cost, and may cancel one. Default false. */
  readonly operates?: boolean;
};

/** Runs `work` with one connection of the administrator to a database, and closes it. */
export type WithinDatabase = (database: string, work: (administrator: Administrator) => Promise<void>) => Promise<void>;

// What the owner gave, and only that: rights that RDS gives to its own roles stay.
const entering = `SELECT r.rolname AS role FROM pg_database d, aclexplode(d.datacl) a JOIN pg_roles r ON r.oid = a.grantee
  WHERE d.datname = $1 AND a.privilege_type = 'CONNECT' AND a.grantor = d.datdba AND a.grantee <> d.datdba
    AND r.rolname <> session_user`;

const asOwner = async (administrator: Administrator, owner: string, work: () => Promise<void>) => {
  await administrator.query(`SET ROLE ${identifier(owner)}`);
  await work();
  await administrator.query('RESET ROLE');
};

/** Lets these roles enter a database, and nobody else but its owner and the administrator. */
const letEnter = async (administrator: Administrator, database: string, readers: readonly string[]) => {
  const { rows } = await administrator.query(entering, [database]);
  for (const { role } of rows)
    if (!readers.includes(String(role)))
      await administrator.query(`REVOKE CONNECT ON DATABASE ${identifier(database)} FROM ${identifier(String(role))}`);
  for (const role of readers)
    await administrator.query(`GRANT CONNECT ON DATABASE ${identifier(database)} TO ${identifier(role)}`);
};

/** What RDS lets its administrator hand on; pg_read_all_stats, a part of pg_monitor, it does not. */
const operatingRoles = ['pg_monitor', 'pg_signal_backend'] as const;

/** A role sees and cancels statements, or no longer does. Nobody cancels those of a superuser. */
const letOperate = async (administrator: Administrator, { role, operates = false }: DatabaseReader) => {
  for (const operating of operatingRoles) {
    const { rowCount } = await administrator.query(
      `SELECT 1 FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member
       WHERE g.rolname = $1 AND r.rolname = $2`,
      [operating, role],
    );
    const isMember = (rowCount ?? 0) > 0;
    if (operates && !isMember) await administrator.query(`GRANT ${operating} TO ${identifier(role)}`);
    if (!operates && isMember) await administrator.query(`REVOKE ${operating} FROM ${identifier(role)}`);
  }
};

/** Inside a database and as its owner: a role may read every table in every schema of the owner, later ones included. */
const letRead = async (administrator: Administrator, reader: string) => {
  const role = identifier(reader);
  const { rows } = await administrator.query(
    `SELECT quote_ident(nspname) AS name FROM pg_namespace
     WHERE nspname !~ '^(pg_|information_schema$)' AND pg_has_role(current_user, nspowner, 'USAGE')`,
  );
  await administrator.query(`ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO ${role}`);
  await administrator.query(`ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${role}`);
  for (const { name } of rows) {
    await administrator.query(`GRANT USAGE ON SCHEMA ${name} TO ${role}`);
    await administrator.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${name} TO ${role}`);
  }
};

/**
 * Makes the roles that are missing and gives them what they need to read, and nothing to write with: a function of the owner runs with
 * the rights of whoever calls it, unless it is a SECURITY DEFINER. Whoever observes a database no longer cannot enter it any more.
 * @param within opens a connection to one of the databases
 * @param owners databases that this concerns, also those that nobody observes; they and their owners are there
 */
export const grantReaders = async (
  administrator: Administrator,
  within: WithinDatabase,
  owners: readonly { readonly database: string; readonly role: string }[],
  readers: readonly DatabaseReader[],
): Promise<void> => {
  for (const { database, role: owner } of owners) {
    const own = readers.filter((reader) => reader.database === database);
    for (const reader of own) {
      await ensureRole(administrator, reader);
      await letOperate(administrator, reader);
    }
    const roles = own.map(({ role }) => role);
    await asOwner(administrator, owner, () => letEnter(administrator, database, roles));
    if (roles.length > 0)
      await within(database, async (inside) => {
        await asOwner(inside, owner, async () => {
          for (const role of roles) await letRead(inside, role);
        });
        const operators = own.filter(({ operates }) => operates).map(({ role }) => role);
        if (operators.length > 0) await countStatements(inside, { database, role: owner }, operators);
      });
  }
};

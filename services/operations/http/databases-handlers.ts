import type { databasesDoors } from '../../contracts/http/operations/databases-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import type { Database } from '../../kit/storage/database.ts';
import { bloatFindings } from '../databases/bloat-findings.ts';
import { blockedSessions } from '../databases/blocked-sessions.ts';
import { cancelStatement } from '../databases/cancel-statement.ts';
import { connectionsOf } from '../databases/connections.ts';
import { explainStatement } from '../databases/explain-statement.ts';
import { indexFindings } from '../databases/index-findings.ts';
import { replicationOf } from '../databases/replication.ts';
import { slowStatements } from '../databases/slow-statements.ts';
import { databaseUnknown } from '../domain/operations-refusals.ts';
import { actorOf, type PerformActEffects, performAct } from '../use-cases/perform-act.ts';

export type DatabasesEffects = PerformActEffects & {
  /** Those that the manifest observes, by name. */
  readonly databases: ReadonlyMap<string, Database>;
};

/** What the doors of the databases do. */
export const databasesHandlers = ({ databases, ...effects }: DatabasesEffects): DoorHandlers<typeof databasesDoors> => {
  const known = (name: string): Database => {
    const database = databases.get(name);
    if (!database) throw databaseUnknown(name, [...databases.keys()]);
    return database;
  };
  return {
    slowStatements: async ({ params, query }) => slowStatements(known(params.name), query.limit),
    blockedSessions: async ({ params }) => blockedSessions(known(params.name)),
    connections: async ({ params }) => connectionsOf(known(params.name)),
    indexes: async ({ params }) => indexFindings(known(params.name)),
    bloat: async ({ params }) => bloatFindings(known(params.name)),
    replication: async ({ params }) => replicationOf(known(params.name)),
    explainStatement: async ({ params, body }) => explainStatement(known(params.name), body.query),
    cancelStatement: async ({ caller, params: { name }, body: { reason, ...order } }) => {
      const database = known(name);
      if (order.dryRun) return cancelStatement(database, order);
      const subject = { database: name, pid: order.pid, queryStart: order.queryStart };
      const intent = { actor: actorOf(caller), act: 'databases.cancel', subject, reason };
      return performAct(effects, intent, async () => {
        const result = await cancelStatement(database, order);
        return { result, detail: { role: result.session.role, query: result.session.query } };
      });
    },
  };
};

import { isConnectionFailure } from '../../../services/kit/storage/database-failure.ts';
import { StartRefused } from '../start-refused.ts';

/** An error of a connection to PostgreSQL of a data folder as a sentence that says what to do; any other stays what it is. */
export const explainDatabaseFault = (problem: unknown, dataFolder: string): unknown =>
  isConnectionFailure(problem)
    ? new StartRefused(
        'platform.database-away',
        `PostgreSQL of ${dataFolder} does not answer (${(problem as Error).message}); "npx cloudmart status --data ${dataFolder}" says whether it runs, "npx cloudmart logs postgres --data ${dataFolder}" why not`,
        { cause: problem },
      )
    : problem;

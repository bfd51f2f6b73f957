import { explainDatabaseFault } from '../local/postgres/database-away.ts';
import { readState } from '../local/state.ts';
import { services } from '../services.ts';
import { type CheckLawsOptions, checkLaws, type LawVerdict } from './check-laws.ts';
import { type FactsOptions, openFacts } from './open-facts.ts';

/** Checks every law on the data of the platform that runs on a folder. Throws `StartRefused` when none does. */
export const checkPlatform = async (
  dataFolder: string,
  { historyFile, limitSeconds, ...check }: Pick<FactsOptions, 'historyFile' | 'limitSeconds'> & CheckLawsOptions,
): Promise<LawVerdict[]> => {
  const { databases, events, mailFolder, tables } = await readState(dataFolder);
  const options = { databases, events, services, mailFolder, tables, historyFile, limitSeconds };
  const verdicts = async () => {
    const { facts, close } = await openFacts(options);
    try {
      return await checkLaws(facts, check);
    } finally {
      await close();
    }
  };
  return verdicts().catch((problem: unknown) => {
    throw explainDatabaseFault(problem, dataFolder);
  });
};

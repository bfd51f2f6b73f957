/** What the harness's own checks say of the databases of a story. */

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Read, Row } from '../../../services/kit/laws/law.ts';
import { createLogger } from '../../../services/kit/telemetry/logger.ts';
import type { TestDatabase } from '../../../services/kit/testing/postgres.ts';
import { root } from '../../checkout.ts';
import { checkLaws } from '../../laws/check-laws.ts';
import type { Facts } from '../../laws/facts.ts';
import { type Finding, type InvariantVerdict, judgeInvariants } from '../invariants.ts';

export const silent = createLogger('chaos', 'silent');

/** Folder of a service's migrations. */
export const migrationsOf = (service: string): URL =>
  pathToFileURL(path.join(root, 'services', service, 'storage/migrations/'));

/** Reads from a database as the laws do. */
export const readerOf =
  ({ database }: Pick<TestDatabase, 'database'>): Read =>
  async <R extends Row>(text: string, values: readonly unknown[] = []) =>
    (await database.query<R>(text, [...values])).rows;

const nothing: Read = async () => [];

/** Facts in which there is nothing but what is given. */
export const factsOf = (parts: Partial<Facts>): Facts => ({
  orders: nothing,
  products: nothing,
  payments: nothing,
  operations: nothing,
  log: { offsets: async () => [], read: async () => [], lag: async () => [] },
  publishers: [],
  consumers: [],
  mails: undefined,
  ledger: undefined,
  promises: [],
  now: new Date(),
  limitSeconds: 0,
  ...parts,
});

export type Judgement = { readonly patienceSeconds: number };

/** Every invariant over the facts, with time for what takes time, and over what else was found. */
export const judgeStory = async (
  facts: () => Facts,
  { patienceSeconds }: Judgement,
  findings: () => Promise<readonly Finding[]> = async () => [],
): Promise<InvariantVerdict[]> => {
  const laws = await checkLaws(facts, { patienceSeconds });
  return judgeInvariants(laws, await findings());
};

/** How the warehouse of a shop on AWS is: its rows in BigQuery, and what its function gave up. */

import { awsQuestions } from '../aws/ask-aws.ts';
import { sentenceOfFailure } from '../aws/finding.ts';
import type { Environment } from '../environment/environment.ts';
import { configurationOf } from '../environment/environment-configuration.ts';
import { StartRefused } from '../local/start-refused.ts';
import { partName } from '../names.ts';
import { givenUpBy, isEnabled, mappingsOf, notesOf, reads } from '../pipelines/function-mappings.ts';
import { ledgerTableOf, services } from '../services.ts';
import { type BigQueryPlace, withWarehouse } from './open-shop-warehouse.ts';
import { exporterOf } from './shop-warehouse.ts';
import { type WarehouseStatus, warehouseStatus } from './warehouse-status.ts';

/** How rows come to it. */
export type DeployedExport = {
  readonly function: string;
  /** Whether Lambda hands changes over; null: it is between two states. */
  readonly isEnabled: boolean | null;
  /** What a person must know of its mapping. */
  readonly notes: readonly string[];
};

export type DeployedWarehouseStatus = WarehouseStatus & { readonly export: DeployedExport };

/** The dataset that an environment names; undefined: none. */
const placeOf = (url: string): BigQueryPlace | undefined => {
  const [, project, dataset] = /^bigquery:\/\/([^/]+)\/(\w+)$/.exec(url) ?? [];
  return project === undefined || dataset === undefined ? undefined : { project, dataset };
};

const exportOf = async (environment: Environment, name: string, table: string) => {
  const aws = awsQuestions(environment.region);
  const functionName = partName(environment.name, name);
  try {
    const mappings = await mappingsOf(functionName, aws);
    const mapping = mappings.find((each) => reads(each, { kind: 'table', name: table }, environment.name));
    if (!mapping)
      return {
        function: functionName,
        isEnabled: false,
        notes: ['no event source mapping reads the ledger'],
        givenUp: 0,
      };
    const givenUp = await givenUpBy(mapping, aws);
    return { function: functionName, isEnabled: isEnabled(mapping), notes: notesOf(mapping), givenUp };
  } catch (problem) {
    throw new StartRefused(
      'warehouse.export-unknown',
      `what ${functionName} does cannot be told: ${sentenceOfFailure(problem, environment, 'Lambda or SQS')}`,
    );
  }
};

/**
 * Asks BigQuery with the caller's token of Google and Lambda with the caller's credentials of AWS. The ledger is not counted: DynamoDB
 * would read and bill all of it.
 * @param bigquery dataset; default the one that lib/environments.ts names for the function
 */
export const deployedWarehouseStatus = async (
  environment: Environment,
  bigquery: BigQueryPlace | undefined,
): Promise<DeployedWarehouseStatus> => {
  const table = ledgerTableOf(services) ?? '';
  const exporter = exporterOf(table);
  if (!exporter)
    throw new StartRefused('warehouse.missing', 'no service of this shop brings a ledger into a warehouse');
  const place = bigquery ?? placeOf(configurationOf(exporter, environment)['WAREHOUSE_URL'] ?? '');
  if (!place)
    throw new StartRefused(
      'warehouse.missing',
      `${environment.name} has no warehouse: set WAREHOUSE_URL of ${exporter.name} in lib/environments.ts, or name one with --bigquery`,
    );
  return withWarehouse({ data: '', bigquery: place }, async (warehouse) => {
    const { givenUp, ...exported } = await exportOf(environment, exporter.name, table);
    const status = await warehouseStatus(warehouse, { entries: null, givenUp, failed: [] });
    return { ...status, export: exported };
  });
};

import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import * as auth from './accounts/auth-api.ts';
import * as staff from './accounts/staff-api.ts';
import * as assistant from './assistant-api.ts';
import * as cart from './cart-api.ts';
import * as product from './catalogue/product-api.ts';
import * as productHistory from './catalogue/product-history-api.ts';
import * as productSearch from './catalogue/product-search-api.ts';
import * as acts from './operations/acts-api.ts';
import * as analytics from './operations/analytics-api.ts';
import * as cache from './operations/cache-api.ts';
import * as consumers from './operations/consumers-api.ts';
import * as databaseSessions from './operations/database-sessions-api.ts';
import * as databases from './operations/databases-api.ts';
import * as deadLetters from './operations/dead-letters-api.ts';
import * as eventSequences from './operations/event-sequences-api.ts';
import * as incidents from './operations/incidents-api.ts';
import * as laws from './operations/laws-doors.ts';
import * as pipelines from './operations/pipelines-api.ts';
import * as topology from './operations/topology-api.ts';
import * as order from './order-api.ts';
import * as payment from './payment-api.ts';
import * as reconciliation from './reconciliation-api.ts';
import * as values from './values.ts';

const schemas = [
  acts,
  analytics,
  cache,
  databaseSessions,
  databases,
  consumers,
  deadLetters,
  eventSequences,
  incidents,
  laws,
  assistant,
  auth,
  cart,
  order,
  payment,
  pipelines,
  product,
  productHistory,
  productSearch,
  reconciliation,
  staff,
  topology,
  values,
].flatMap((contracts) =>
  Object.entries<unknown>(contracts).flatMap(([name, value]) =>
    value instanceof z.ZodType ? [{ name, schema: value, example: value.meta()?.['example'] }] : [],
  ),
);

describe('the example of a contract', () => {
  // That every door has one is a test of the gateway.
  const exemplified = schemas.filter(({ example }) => example !== undefined);

  test('is there for most', () => {
    expect(exemplified.length).toBeGreaterThan(30);
  });

  test.each(exemplified)(
    '$name is accepted by the contract itself, and changed by no rule of it',
    ({ schema, example }) => {
      const { success, data, error } = schema.safeParse(example);
      expect([success, error?.issues]).toEqual([true, undefined]);
      expect(data).toEqual(example);
    },
  );
});

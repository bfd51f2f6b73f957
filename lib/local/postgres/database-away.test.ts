import { expect, test } from '@jest/globals';
import { StartRefused } from '../start-refused.ts';
import { explainDatabaseFault } from './database-away.ts';

test.each([
  Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:8090'), { code: 'ECONNREFUSED' }),
  Object.assign(new Error('the database system is shutting down'), { code: '57P03' }),
  new Error('timeout expired'),
  new Error('Connection terminated due to connection timeout'),
  new Error('Query read timeout'),
])('a database that is away is named, with what to do: %s', (problem) => {
  const explained = explainDatabaseFault(problem, 'shop') as StartRefused;
  expect(explained).toMatchObject({ code: 'platform.database-away', cause: problem });
  expect(explained.message).toMatch(
    /^PostgreSQL of shop does not answer \(.+\); "npx cloudmart status --data shop" .* "npx cloudmart logs postgres --data shop" why not$/,
  );
});

test.each([new Error('relation "orders" does not exist'), new StartRefused('platform.not-running', 'none runs')])(
  'any other error stays what it is: %s',
  (problem) => expect(explainDatabaseFault(problem, 'shop')).toBe(problem),
);

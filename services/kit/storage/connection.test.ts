import { X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { connectionOptions } from './connection.ts';

const url = 'postgresql://order@db.example:5432/orders?sslmode=verify-full';

test("signing in by IAM checks the server's certificate against the authorities of RDS that are valid today", () => {
  const { ssl } = connectionOptions({ url, auth: 'iam' });
  if (typeof ssl !== 'object' || !Array.isArray(ssl.ca)) throw new Error('no authorities');
  const authorities = ssl.ca.map((pem) => new X509Certificate(pem as string));
  const today = new Date();
  const regional = authorities.filter(
    ({ subject, validToDate }) => subject.includes('us-east-1') && validToDate > today,
  );
  expect(ssl.rejectUnauthorized).toBe(true);
  expect(regional.length).toBeGreaterThan(0);
});

test('signing in by IAM takes role, host and database from the address, and its password from a signer', () => {
  const options = connectionOptions({ url, auth: 'iam' });
  expect(options).toMatchObject({ user: 'order', host: 'db.example', port: 5432, database: 'orders' });
  expect(typeof options.password).toBe('function');
});

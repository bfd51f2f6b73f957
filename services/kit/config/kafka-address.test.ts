import { expect, test } from '@jest/globals';
import { isKafkaUrl, parseKafkaUrl } from './kafka-address.ts';

test('an address names its brokers, and says how to enter them', () => {
  expect(parseKafkaUrl('kafka://a.example:9092,b.example:9093')).toEqual({
    brokers: [
      { host: 'a.example', port: 9092 },
      { host: 'b.example', port: 9093 },
    ],
    auth: 'none',
  });
  expect(parseKafkaUrl('kafka://a.example:9098?auth=iam').auth).toBe('iam');
});

test.each([
  'kafka://',
  'kafka://host',
  'kafka://host:port',
  'kafka://a:1,',
  'kafka://a:1/topic',
  'kafka://a:1?auth=password',
  'kafka://a:1?auth=iam&tls=no',
])('%s is refused', (url) => {
  expect(isKafkaUrl(url)).toBe(false);
  expect(() => parseKafkaUrl(url)).toThrow('EVENTS_URL: is not of the form');
});

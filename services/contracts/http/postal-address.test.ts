import { describe, expect, test } from '@jest/globals';
import { addressSchema } from './postal-address.ts';

const street = '1 Long Road';
const wrongPaths = (address: unknown) =>
  addressSchema.safeParse(address).error?.issues.map(({ path }) => path.join('.'));

describe('a postal address', () => {
  test.each([
    ['in Hong Kong', { street, city: 'Kowloon', country: 'HK' }],
    ['in the Emirates', { street, city: 'Dubai', country: 'AE' }],
    ['in Singapore', { street, zip: '018956', country: 'SG' }],
    ['in Kosovo', { street, city: 'Prishtina', zip: '10000', country: 'XK' }],
    ['in Ireland without an Eircode', { street, city: 'Galway', country: 'IE' }],
    ['in Ireland with one', { street, city: 'Galway', zip: 'H91 E2R3', country: 'IE' }],
    ['in Gibraltar', { street, country: 'GI' }],
    ['in the United States', { street, city: 'Springfield', zip: '12345', country: 'US' }],
  ])('%s needs no more than what is there', (_where, address) => {
    expect(addressSchema.parse(address)).toEqual(address);
  });

  test.each([
    ['without a postal code in the United States', { street, city: 'Springfield', country: 'US' }, ['zip']],
    ['without a city in Germany', { street, zip: '10115', country: 'DE' }, ['city']],
    ['without both in France', { street, country: 'FR' }, ['zip', 'city']],
    ['without a postal code in Singapore', { street, country: 'SG' }, ['zip']],
    ['with an empty city', { street, city: ' ', country: 'HK' }, ['city']],
    ['in no country', { street, city: 'Nowhere', country: 'XX' }, ['country']],
  ])('%s is refused', (_what, address, paths) => {
    expect(wrongPaths(address)).toEqual(paths);
  });
});

import { describe, expect, it } from '@jest/globals';
import { userConfig } from './config.ts';

const good = {
  KEY_ENCRYPTION_SECRET: { secret: 'f3c1a7d95e2b48c6a0d7e9b1c4f68a25' },
  MAIL_SEAL_SECRET: '0d9b8c6f4e2a17c5b3d1f0e8a6c49275',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  STAFF_EMAIL: 'Staff@Shop.example',
  STAFF_PASSWORD: 'a good long password',
};

describe('the configuration of the user service', () => {
  it('folds the address of the staff account as registration does', () => {
    expect(userConfig.parse(good).STAFF_EMAIL).toBe('staff@shop.example');
  });

  it.each([
    ['KEY_ENCRYPTION_SECRET', { secret: 'short' }],
    ['MAIL_SEAL_SECRET', 'short'],
    ['STAFF_EMAIL', 'staff'],
    ['STAFF_PASSWORD', 'eleven char'],
    ['STAFF_PASSWORD', 'Q1w2e3r4t5y6'],
  ])('refuses %s %j', (key, value) => {
    const paths = userConfig.safeParse({ ...good, [key]: value }).error?.issues.map(({ path }) => path[0]);
    expect(paths).toEqual([key]);
  });
});

import ordinary from '../../jest.config.js';

/** Tests against real parts that a machine may lack; `npm run test:real` prepares the parts and names what is missing. */
export default {
  ...ordinary,
  rootDir: '../..',
  testMatch: ['**/*.real.test.ts'],
  maxWorkers: 1,
  testTimeout: 900_000,
};

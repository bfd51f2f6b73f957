import { testDatabase } from '../../kit/testing/postgres.ts';
import { paymentProviderConformance } from './payment-provider.conformance.ts';
import { createSandboxProvider } from './sandbox-provider.ts';

paymentProviderConformance('sandbox', async () => {
  const { database, drop } = await testDatabase(new URL('../storage/migrations', import.meta.url));
  return {
    provider: createSandboxProvider({ books: database, lateMs: 0 }),
    tokens: {
      accepted: 'tok_visa',
      declined: [
        ['tok_declined', 'card-declined'],
        ['tok_insufficient', 'insufficient-funds'],
        ['tok_nobody_knows', 'card-unknown'],
      ],
    },
    stop: drop,
  };
});

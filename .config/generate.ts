// `npm run generate`: TypeScript from the .proto files, and the documents of events and doors. A breaking change stops it unless --accept-breaking says that nobody
// runs a service built from the old contract.
import { join } from 'node:path';
import { root } from '../lib/checkout.ts';
import { breakingChanges, generateContracts } from './checks/contracts.ts';
import { breakingPublished, publishContracts } from './checks/published-contracts.ts';

const contracts = join(root, 'services/contracts');
const isBreakingAccepted = process.argv.includes('--accept-breaking');

const breaking = isBreakingAccepted
  ? ''
  : [await breakingChanges(contracts), await breakingPublished(contracts)].filter(Boolean).join('\n');
if (breaking) {
  console.error(
    `${breaking}\nNothing was generated: running services would misread this. Add a field, an event of the next version or a v2 package instead; ` +
      'if no service was ever deployed with the old contract, run `npm run generate -- --accept-breaking`.',
  );
  process.exitCode = 1;
} else {
  const changed = [...(await generateContracts(contracts)), ...(await publishContracts(contracts))];
  console.log(changed.length === 0 ? 'Generated code was fresh already.' : `Wrote ${changed.join(', ')}.`);
}

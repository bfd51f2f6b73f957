import { root } from '../../../lib/checkout.ts';
import { prepareCompose } from '../../../lib/compose/prepare-compose.ts';
import { services } from '../../../lib/services.ts';
import { print, say } from '../../command-line/print.ts';

/** Makes secrets and bundles for Compose. */
export const runCompose = async (json: boolean | undefined): Promise<void> => {
  const made = await prepareCompose({ root, place: root, services, progress: say });
  print(json, made, () => [
    `${made.bundles.length} bundles are in dist/bundles, ${made.dashboards.length} dashboards in dist/dashboards, ${made.added.length} new secrets in .env`,
    'next: docker compose up --build --detach',
  ]);
};

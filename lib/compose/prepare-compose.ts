/** Makes what `docker compose up` needs and the repository does not hold: secrets, bundles that the images are built from, and dashboards. */
import path from 'node:path';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { bundleTools } from '../bundle/bundle.ts';
import { bundleServices } from '../bundle/bundle-services.ts';
import { writeDashboards } from '../dashboards/write-dashboards.ts';
import { writeSbom } from '../release/proof/sbom.ts';
import { DASHBOARDS_FOLDER } from './compose-places.ts';
import { composeSecrets, keepComposeSecrets } from './compose-secrets.ts';

export type ComposeReady = {
  /** Names of the secrets that were not there before. */
  readonly added: readonly string[];
  readonly bundles: readonly { readonly service: string; readonly hash: string }[];
  /** Paths of the dashboards of Grafana. */
  readonly dashboards: readonly string[];
};

export type ComposePlan = {
  /** Root of the checkout, whose services are bundled. */
  readonly root: string;
  /** Folder of compose.yaml, which is the root but for tests. */
  readonly place: string;
  readonly services: readonly ServiceManifest[];
  /** Told one sentence after each step. */
  readonly progress: (sentence: string) => void;
};

/**
 * Fills `.env`, `dist/bundles` and `dist/dashboards` beside compose.yaml; safe to run again. Throws one sentence when a bundle is refused.
 */
export const prepareCompose = async ({ root, place, services, progress }: ComposePlan): Promise<ComposeReady> => {
  const options = { root, into: path.join(place, 'dist/bundles') };
  const bundles = await bundleServices(services, options, ({ service }) => progress(`bundled ${service}`));
  const tools = await bundleTools(options);
  const made = [...bundles, tools];
  // Every image holds the bill of materials of its bundle.
  for (const bundle of made) await writeSbom(bundle, options);
  progress(`bundled ${tools.service}`);
  return {
    added: await keepComposeSecrets(path.join(place, '.env'), composeSecrets(services)),
    bundles: made.map(({ service, hash }) => ({ service, hash })),
    dashboards: await writeDashboards(path.join(place, DASHBOARDS_FOLDER), services),
  };
};

/** Makes what `docker compose up` needs and the repository does not hold: secrets, and the bundles that the images are built from. */
import path from 'node:path';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { bundleTools } from '../bundle/bundle.ts';
import { bundleServices } from '../bundle/bundle-services.ts';
import { writeSbom } from '../release/proof/sbom.ts';
import { composeSecrets, keepComposeSecrets } from './compose-secrets.ts';

export type ComposeReady = {
  /** Names of the secrets that were not there before. */
  readonly added: readonly string[];
  readonly bundles: readonly { readonly service: string; readonly hash: string }[];
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
 * Fills `.env` and `dist/bundles` beside compose.yaml; safe to run again. Throws one sentence when a bundle is refused.
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
  };
};

import { SecretValue } from 'aws-cdk-lib';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { CDN_PROOF } from '../../../services/kit/values/viewer-headers.ts';
import type { Environment } from '../../environment/environment.ts';
import { secretId } from '../../secret-id.ts';

/**
 * The secret with which the shop's own content delivery network vouches for the addresses of viewers, as a reference that
 * CloudFormation resolves at deployment; undefined where no service declares `CDN_PROOF`.
 */
export const cdnProof = (
  { name }: Pick<Environment, 'name'>,
  services: readonly ServiceManifest[],
): SecretValue | undefined => {
  const owner = services.find(({ configuration }) => CDN_PROOF in configuration);
  return owner && SecretValue.secretsManager(secretId(name, owner.name, CDN_PROOF));
};

/** The pre-flight of this checkout: which services it has, which of them run as pods, and what their images are called. */
import { runsInCluster, type ServiceManifest } from '../../../services/kit/manifest.ts';
import { regionOfCaller } from '../../aws/ask-aws.ts';
import { root } from '../../checkout.ts';
import type { Environment } from '../../environment/environment.ts';
import { services as all } from '../../services.ts';
import { imageTags } from '../../workloads/render.ts';
import { type PreflightReport, type PreflightRequest, preflight } from './preflight.ts';

export type PlatformPreflight = Pick<PreflightRequest, 'account' | 'resolver' | 'deadlineMs' | 'progress'> & {
  readonly environment: Environment;
  /** Services that are checked; default all. */
  readonly services?: readonly ServiceManifest[] | undefined;
};

/** Runs the pre-flight with the sources of this checkout and the AWS settings of the process. */
export const platformPreflight = async (request: PlatformPreflight): Promise<PreflightReport> => {
  const { services = all } = request;
  return preflight({
    ...request,
    services,
    pods: services.filter(runsInCluster),
    callerRegion: await regionOfCaller(process.env),
    tagsOf: (tagged) => imageTags(tagged, root),
  });
};

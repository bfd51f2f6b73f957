import { InvalidArgumentError } from 'commander';
import type { Environment } from '../../../lib/environment/environment.ts';
import { askPlatform } from '../../../lib/local/control/ask-platform.ts';
import type { RestartDone } from '../../../lib/local/control/control-words.ts';
import { workloadNamespace } from '../../../lib/names.ts';
import { restartRotated } from '../../../lib/release/rollout/restart-rotated.ts';
import { restartService } from '../../../lib/release/rollout/restart-service.ts';
import { openClusterSession } from '../../../lib/release/verify/session.ts';
import { requirePods } from '../../../lib/services.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { asTyped } from '../../command-line/options.ts';
import { print, say } from '../../command-line/print.ts';
import { clusterRequest } from '../../command-line/session-request.ts';
import type { RestartFlags } from '../restart.ts';

const inCluster = async (
  service: ServiceManifest | undefined,
  environment: Environment,
  flags: RestartFlags,
  signal: AbortSignal,
) => {
  const name = service === undefined ? undefined : asTyped(() => requirePods(service));
  if (flags.dryRun)
    return print(flags.json, { wouldRestart: name ?? 'rotated', environment: environment.name }, () => [
      `would give ${name ?? 'services with rotated secrets'} new pods in ${environment.name}`,
    ]);
  const session = openClusterSession(clusterRequest({ ...flags, environment }, signal), workloadNamespace);
  const report =
    name === undefined ? await restartRotated(environment, session) : await restartService(environment, name, session);
  print(flags.json, report, () => [report.sentence]);
  if (report.findings.length > 0) process.exitCode = 1;
};

const lineOf = (service: string, { before, after, isDrained }: RestartDone) => {
  if (before === null) return `${service} was dead; process ${after} is ready`;
  const ended = isDrained
    ? 'finished what it had begun'
    : 'did not end in time and was killed, which loses nothing that was accepted';
  return `process ${before} of ${service} ${ended}; process ${after} is ready`;
};

/** Restarts a service here or in a cluster, or what holds an older version of a secret than Secrets Manager. */
export const runRestart = async (
  service: ServiceManifest | undefined,
  flags: RestartFlags,
  signal: AbortSignal,
): Promise<void> => {
  const { environment, rotated = false, data, dryRun, json } = flags;
  if ((service === undefined) !== rotated) throw new InvalidArgumentError('name one service, or give --rotated');
  if (environment) return inCluster(service, environment, flags, signal);
  if (service === undefined)
    throw new InvalidArgumentError('--rotated is about an environment; name it with --environment');
  const { name } = service;
  if (dryRun)
    return print(json, { wouldRestart: name }, () => [
      `would have ${name} finish what it has begun, and start it anew`,
    ]);
  const done = await askPlatform(data, { act: 'restart', service: name }, { progress: say, signal });
  print(json, { service: name, ...done }, () => [lineOf(name, done)]);
};

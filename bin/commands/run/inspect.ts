import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { askPlatform } from '../../../lib/local/control/ask-platform.ts';
import type { ControlRequest } from '../../../lib/local/control/control-words.ts';
import { workloadNamespace } from '../../../lib/names.ts';
import { requirePods } from '../../../lib/services.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { asTyped } from '../../command-line/options.ts';
import { paint, print, say } from '../../command-line/print.ts';
import type { InspectFlags } from '../profile.ts';

type What = 'profile' | 'heap';

const endings = { profile: 'cpuprofile', heap: 'heapsnapshot' } as const;
const tabs = { profile: 'Profiler', heap: 'Memory' } as const;
const WARNING = 'It holds passwords, keys and data of customers: only you may read it; delete it when done.';

/** A pod has no supervisor of ours: its inspector listens inside of the pod alone, and only who may forward its port reaches it. */
const podCommands = (what: What, service: string): string[] => {
  const kubectl = `kubectl --namespace ${workloadNamespace}`;
  return [
    `POD=$(${kubectl} get pods --output name \\`,
    `  --selector app.kubernetes.io/name=${service} | head -1)`,
    `${kubectl} exec $POD -- \\`,
    `  /nodejs/bin/node -e 'process.kill(1, "SIGUSR1")'`,
    `${kubectl} port-forward $POD 9229`,
    `# chrome://inspect, "inspect", tab ${tabs[what]}. Afterwards the pod goes, and its door with it:`,
    `${kubectl} delete $POD`,
  ];
};

const outFile = async (what: What, service: string, { data, out }: InspectFlags): Promise<string> => {
  if (out !== undefined) return path.resolve(out);
  const folder = path.resolve(data, 'profiles');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const moment = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return path.join(folder, `${service}-${moment}.${endings[what]}`);
};

/** Has a service's process write a file of itself, or prints the commands that do it with a pod. */
export const runInspect = async (
  what: What,
  service: ServiceManifest,
  flags: InspectFlags & { readonly seconds?: number },
  signal: AbortSignal,
): Promise<void> => {
  const { environment, data, json, seconds = 0 } = flags;
  if (environment) {
    const commands = podCommands(
      what,
      asTyped(() => requirePods(service)),
    );
    return print(json, { environment: environment.name, service: service.name, commands }, () => commands);
  }
  const { name } = service;
  const file = await outFile(what, name, flags);
  const request: ControlRequest =
    what === 'profile' ? { act: 'profile', service: name, seconds, file } : { act: 'heap', service: name, file };
  const written = await askPlatform(data, request, { progress: say, signal });
  print(json, { service: name, ...written }, () => [
    `${written.file} (${(written.bytes / 1024 ** 2).toFixed(1)} MB) of process ${written.pid}`,
    ...(what === 'heap' ? [paint('doubtful', WARNING)] : []),
  ]);
};

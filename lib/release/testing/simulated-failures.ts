/** What becomes of simulated pods: all are ready at once, but those of the chosen releases, which crash as a broken process does. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';

type Stage = { metadata: { name: string }; spec: { selector: { matchExpressions: object[] } } };

/** One of them is enough for a pod to crash. */
export type Broken = {
  /** Whole image references. */
  readonly images: readonly string[];
  /** Values of the annotation `checksum/configuration`. */
  readonly configurations: readonly string[];
  /** Values of the annotation `cloudmart/secret-versions`. */
  readonly secrets: readonly string[];
};

const crash = (name: string, key: string, values: readonly string[]) => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Pod' },
    selector: {
      matchExpressions: [
        { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
        { key: '.status.phase', operator: 'In', values: ['Pending'] },
        { key, operator: 'In', values },
      ],
    },
    next: {
      statusTemplate: `
{{ $now := Now }}
conditions:
- { type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }} }
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 4
  state: { waiting: { reason: CrashLoopBackOff, message: back-off 40s restarting failed container } }
  lastState: { terminated: { exitCode: 1, reason: Error, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }
{{ end }}
phase: Running
startTime: {{ $now | Quote }}
`,
    },
  },
});

/** Writes the stages into `folder`, made from those that come with the simulator, and returns the file. */
export const writeStages = async (original: string, folder: string, broken: Broken): Promise<string> => {
  const imageKey = '.spec.containers.[].image';
  const configurationKey = '.metadata.annotations["checksum/configuration"]';
  const secretsKey = '.metadata.annotations["cloudmart/secret-versions"]';
  const stages = parseAllDocuments(await readFile(original, 'utf8'))
    .map((document) => document.toJS() as Stage | null)
    .filter((stage) => stage !== null);
  for (const stage of stages)
    if (stage.metadata.name === 'pod-ready')
      stage.spec.selector.matchExpressions.push(
        { key: imageKey, operator: 'NotIn', values: broken.images },
        { key: configurationKey, operator: 'NotIn', values: broken.configurations },
        { key: secretsKey, operator: 'NotIn', values: broken.secrets },
      );
  const all = [
    ...stages,
    crash('pod-crashes-by-image', imageKey, broken.images),
    crash('pod-crashes-by-configuration', configurationKey, broken.configurations),
    crash('pod-crashes-by-secret', secretsKey, broken.secrets),
  ];
  const file = path.join(folder, 'stages.yaml');
  await writeFile(file, all.map((stage) => stringify(stage)).join('---\n'));
  return file;
};

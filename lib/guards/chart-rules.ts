/** Rules about Kubernetes objects as a template carries them. */
import { nodeEncryptionLabel, typeEncrypts } from '../environment/node-traffic.ts';
import { at, listOf, resourcesOf, type StackTemplate, stringsIn, textOf } from '../templates/template.ts';
import { largestManifestBytes } from '../workloads/object-rules.ts';
import { type Rule, type RuleBreach, stackRule } from './rule.ts';

const charts = ({ template }: StackTemplate) =>
  resourcesOf(template, 'Custom::AWSCDK-EKS-KubernetesResource').map(({ logicalId, properties }) => ({
    logicalId,
    text: textOf(properties['Manifest']),
  }));

export const chartsFit: Rule = stackRule(
  'charts-fit',
  'Every chart is small enough for the event that carries it, and reads as JSON once values are filled in.',
  (stack) =>
    charts(stack).flatMap(({ logicalId, text }): RuleBreach[] => {
      const size = Buffer.byteLength(text);
      if (size >= largestManifestBytes)
        return [[logicalId, `the chart takes ${size} bytes, and one event carries ${largestManifestBytes}; split it`]];
      try {
        JSON.parse(text);
        return [];
      } catch {
        return [
          [
            logicalId,
            'the chart is no JSON: a value that only the deployment knows stands where no text may stand; move it into an environment value',
          ],
        ];
      }
    }),
);

/** The objects of a chart; none when it is no JSON, which another rule says. */
export const objectsIn = (text: string): readonly unknown[] => {
  try {
    const objects: unknown = JSON.parse(text);
    return Array.isArray(objects) ? objects : [];
  } catch {
    return [];
  }
};

const ingressSetting = (ingress: unknown, name: string) =>
  String(at(ingress, 'metadata', 'annotations', `alb.ingress.kubernetes.io/${name}`));

export const doorsEncrypted: Rule = stackRule(
  'doors-encrypted',
  'Every public door sends plain HTTP to HTTPS, and takes TLS 1.2 or newer only.',
  (stack) =>
    charts(stack).flatMap(({ logicalId, text }): RuleBreach[] =>
      objectsIn(text)
        .filter((object) => at(object, 'kind') === 'Ingress')
        .filter(
          (ingress) =>
            ingressSetting(ingress, 'ssl-redirect') !== '443' ||
            !/^ELBSecurityPolicy-(TLS13-1-[23]|FS-1-2|TLS-1-2)-/.test(ingressSetting(ingress, 'ssl-policy')),
        )
        .map(() => [
          logicalId,
          'the load balancer takes plain HTTP or TLS before 1.2; set ssl-redirect 443 and an ssl-policy of TLS 1.2 or newer',
        ]),
    ),
);

type PolicyRule = {
  readonly from?: readonly { readonly ipBlock?: { readonly cidr?: string } }[];
  readonly ports?: readonly { readonly port: number }[];
};

/** Ranges outside the cluster from which a network policy admits to a door; who only gets to the port for probes is no visitor. */
const admittedRanges = (policy: unknown, doors: readonly unknown[]): string[] =>
  ((at(policy, 'spec', 'ingress') ?? []) as readonly PolicyRule[])
    .filter(({ ports }) => !ports || ports.some(({ port }) => doors.includes(port)))
    .flatMap(({ from = [] }) => from.map(({ ipBlock }) => ipBlock?.cidr))
    .filter((cidr) => cidr !== undefined);

type Container = { readonly env?: readonly { readonly name: string; readonly value?: string }[] };

const believedRanges = (deployment: unknown): string[] =>
  ((at(deployment, 'spec', 'template', 'spec', 'containers') ?? []) as readonly Container[])
    .flatMap(({ env = [] }) => env.filter(({ name }) => name === 'TRUSTED_PROXIES'))
    .flatMap(({ value = '' }) => value.split(','));

export const visitorsKnown: Rule = stackRule(
  'visitors-known',
  'A pod believes the load balancer, and nobody else, about who the visitor is.',
  (stack) =>
    charts(stack).flatMap(({ logicalId, text }): RuleBreach[] => {
      const ofKind = (kind: string) => objectsIn(text).filter((object) => at(object, 'kind') === kind);
      const doors = ofKind('Service').flatMap((service) =>
        listOf(at(service, 'spec', 'ports')).map((door) => at(door, 'port')),
      );
      const admitted =
        ofKind('Ingress').length > 0 ? ofKind('NetworkPolicy').flatMap((policy) => admittedRanges(policy, doors)) : [];
      return ofKind('Deployment')
        .filter((deployment) => believedRanges(deployment).sort().join() !== [...admitted].sort().join())
        .map((deployment) => [
          logicalId,
          `the pods believe x-forwarded-for from ${believedRanges(deployment).join(', ') || 'nobody'}, and the load balancer reaches them from ${admitted.join(', ') || 'nowhere'}; rate limits would count the wrong address: set TRUSTED_PROXIES to its ranges`,
        ]);
    }),
);

const asksForEncryption = (pool: unknown): boolean =>
  listOf(at(pool, 'spec', 'template', 'spec', 'requirements')).some(
    (requirement) =>
      at(requirement, 'key') === nodeEncryptionLabel &&
      at(requirement, 'operator') === 'In' &&
      listOf(at(requirement, 'values')).join() === 'true',
  );

export const nodesEncryptTraffic: Rule = stackRule(
  'nodes-encrypt',
  'Every node is of a type that encrypts what it sends to other nodes, because calls between pods carry no TLS.',
  (stack) => [
    ...charts(stack).flatMap(({ logicalId, text }): RuleBreach[] =>
      objectsIn(text)
        .filter((object) => at(object, 'kind') === 'NodePool' && !asksForEncryption(object))
        .map(() => [
          logicalId,
          `the pool may take nodes that send each other plain text; require ${nodeEncryptionLabel} In ["true"]`,
        ]),
    ),
    ...resourcesOf(stack.template, 'AWS::EKS::Nodegroup').flatMap(({ logicalId, properties }): RuleBreach[] => {
      const types = listOf(properties['InstanceTypes']).map(textOf);
      return types.length > 0 && types.every(typeEncrypts)
        ? []
        : [
            [
              logicalId,
              `nodes of ${types.join(', ') || 'the default type'} send each other plain text; take a c, m or r of generation 6 or later, but for 6g and 6gd`,
            ],
          ];
    }),
  ],
);

/** A tag that somebody could move, or none at all. */
const unpinned = (image: string) => !/(@sha256:[0-9a-f]{64}|:[0-9a-f]{12,64}|:v?\d+(\.\d+)+[a-z0-9.-]*)$/.test(image);

export const imagesPinned: Rule = stackRule(
  'images-pinned',
  'Every image is named by its content or an exact version.',
  (stack) =>
    charts(stack).flatMap(({ logicalId, text }): RuleBreach[] =>
      [...stringsIn(objectsIn(text))]
        .filter(([path, image]) => /containers\.\d+\.image$/i.test(path) && unpinned(image))
        .map(([, image]) => [logicalId, `the image ${image} can change under the same name; pin its content hash`]),
    ),
);

/** Sections of the CloudWatch agent's configuration whose parts each make it do something. */
const collections = [
  ['logs', 'metrics_collected'],
  ['logs', 'logs_collected'],
  ['metrics', 'metrics_collected'],
  ['traces', 'traces_collected'],
] as const;

export const agentCollects: Rule = stackRule(
  'agent-collects',
  "CloudWatch's agent is told to collect something, or it would end on every node and be started again for ever.",
  ({ template }) =>
    resourcesOf(template, 'AWS::EKS::Addon').flatMap(({ logicalId, properties }): RuleBreach[] => {
      if (properties['AddonName'] !== 'amazon-cloudwatch-observability') return [];
      const settings: unknown = JSON.parse(textOf(properties['ConfigurationValues'] ?? '{}'));
      const config = at(settings, 'agent', 'config');
      // Without any the add-on brings its own.
      if (
        config === undefined ||
        collections.some((path) => Object.keys((at(config, ...path) ?? {}) as object).length > 0)
      )
        return [];
      return [[logicalId, 'the configuration of the agent collects nothing; name a part such as emf, or leave it out']];
    }),
);

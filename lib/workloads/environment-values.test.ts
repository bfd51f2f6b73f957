/** Rules over every service in every environment, on what `cdk deploy` and `cloudmart render` both hand to the cluster. */
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { runsInCluster } from '../../services/kit/manifest.ts';
import { secretKeysOf } from '../environment/environment-configuration.ts';
import { environments } from '../environments.ts';
import { neededOutputs, placeholderOf } from '../outputs/stack-outputs.ts';
import { services } from '../services.ts';
import { environmentValues } from './environment-values.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { manifestFiles } from './manifest-files.ts';
import { largestManifestBytes } from './object-rules.ts';
import { serviceObjects } from './workload-objects.ts';

const tags = Object.fromEntries(services.map(({ name }) => [name, '0123456789abcdef']));
const source = { repository: 'https://git.example/shop.git', revision: 'main', path: 'deploy', owns: true };
const inCluster = services.filter(runsInCluster);

// biome-ignore lint/suspicious/noExplicitAny: Tests reach into plain YAML.
const specOf = (objects: readonly KubernetesObject[], kind: string): any =>
  objects.find((object) => object.kind === kind)?.['spec'];

describe.each(environments)('in $name', (environment) => {
  const values = environmentValues(environment, services, tags, placeholderOf);
  const files = manifestFiles(services, values, source);

  describe.each(inCluster)('$name', (service) => {
    const objects = serviceObjects(service, services, values);
    const template = specOf(objects, 'Deployment').template.spec;
    const [container] = template.containers;

    test('has three different probes on a listener of its own', () => {
      const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
      expect(new Set(probes.map(({ httpGet }) => httpGet.path)).size).toBe(3);
      expect(new Set(probes.map(({ httpGet }) => httpGet.port))).toEqual(new Set(['probe']));
      const port = container.ports.find(({ name }: { name: string }) => name === 'probe').containerPort;
      expect(Object.values(service.ports)).not.toContain(port);
      expect(container.env).toContainEqual({ name: 'PROBE_PORT', value: String(port) });
    });

    test('passes the restricted pod security standard and may not write its root', () => {
      expect(template.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(template.securityContext.runAsUser).toBeGreaterThan(0);
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
      expect(template).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    });

    test('asks for what it needs and is bounded', () => {
      const { requests, limits } = container.resources;
      expect(Object.keys(requests).sort()).toEqual(Object.keys(limits).sort());
      expect(limits.memory).toBe(requests.memory);
    });

    test('leaves a rolling update and a node without an outage', () => {
      const deployment = specOf(objects, 'Deployment');
      expect(deployment.strategy.rollingUpdate.maxUnavailable).toBe(0);
      expect(deployment).not.toHaveProperty('replicas');
      expect(specOf(objects, 'PodDisruptionBudget')).toMatchObject({
        maxUnavailable: 1,
        selector: deployment.selector,
      });
      const sleep = container.lifecycle.preStop.sleep.seconds;
      expect(sleep).toBeGreaterThan(0);
      expect(template.terminationGracePeriodSeconds).toBeGreaterThan(sleep + 20);
    });

    test('is spread over zones and hosts', () => {
      const keys = template.topologySpreadConstraints.map(({ topologyKey }: { topologyKey: string }) => topologyKey);
      expect(keys).toEqual(['topology.kubernetes.io/zone', 'kubernetes.io/hostname']);
    });

    test('scales on CPU between the bounds of the environment', () => {
      const autoscaler = specOf(objects, 'HorizontalPodAutoscaler');
      expect(autoscaler.minReplicas).toBeGreaterThanOrEqual(environment.replicas.min);
      expect(autoscaler.maxReplicas).toBeLessThanOrEqual(environment.replicas.max);
      expect(autoscaler.metrics[0].resource).toMatchObject({ name: 'cpu', target: { type: 'Utilization' } });
      expect(autoscaler.behavior.scaleDown.stabilizationWindowSeconds).toBeGreaterThanOrEqual(300);
    });

    test('has selectors that meet its own pods only', () => {
      const labels = specOf(objects, 'Deployment').template.metadata.labels;
      const selectors = objects.flatMap(({ kind, spec }) => {
        const { selector, podSelector } = (spec ?? {}) as Record<string, { matchLabels?: object }>;
        if (kind === 'Service') return [selector];
        return [selector?.matchLabels, podSelector?.matchLabels].filter(Boolean);
      });
      expect(selectors.length).toBeGreaterThanOrEqual(3);
      for (const selector of selectors) expect(labels).toMatchObject(selector as object);
      expect(new Set(selectors.map((selector) => JSON.stringify(selector))).size).toBe(1);
    });

    test('fits into one deployment event and holds no secret', () => {
      const text = JSON.stringify(objects);
      expect(text.length).toBeLessThan(largestManifestBytes);
      for (const key of secretKeysOf(service, services, environment)) {
        expect(text).toContain(`"${key}_SECRET_ID"`);
        expect(text).not.toContain(`"${key}"`);
      }
    });
  });

  test('every placeholder is an output that the stacks must export, and the other way round', () => {
    const found = new Set(
      [...files.values()].flatMap((text) => [...text.matchAll(/\$\{stack:(\w+)\}/g)].map(([, name]) => name)),
    );
    expect([...found].sort()).toEqual(neededOutputs(services, environment));
  });

  test('kustomization names every file but itself and the Application', () => {
    const named = parse(files.get('kustomization.yaml') as string).resources;
    expect([...named, 'argocd/application.yaml', 'kustomization.yaml'].sort()).toEqual([...files.keys()].sort());
  });

  test('the same input gives the same bytes', () => {
    expect([...manifestFiles(services, environmentValues(environment, services, tags, placeholderOf), source)]).toEqual(
      [...files],
    );
  });
});

test('files are named after what they hold', () => {
  const [production] = environments.filter(({ name }) => name === 'production');
  const files = manifestFiles(services, environmentValues(production as never, services, tags, placeholderOf), source);
  expect([...files.keys()].filter((file) => file.startsWith('order/')).sort()).toEqual([
    'order/config-map.yaml',
    'order/deployment.yaml',
    'order/horizontal-pod-autoscaler.yaml',
    'order/network-policy.yaml',
    'order/pod-disruption-budget.yaml',
    'order/service-account.yaml',
    'order/service-grpc.yaml',
    'order/service.yaml',
  ]);
  expect(parse(files.get('argocd/application.yaml') as string)).toMatchObject({
    kind: 'Application',
    metadata: { name: 'cloudmart-production' },
    spec: { source: { repoURL: source.repository, targetRevision: 'main', path: 'deploy' } },
  });
});

test('Argo CD applies only what it owns, and shows the difference of the rest', () => {
  const [production] = environments.filter(({ name }) => name === 'production');
  const values = environmentValues(production as never, services, tags, placeholderOf);
  const specs = [true, false].map(
    (owns) => parse(manifestFiles(services, values, { ...source, owns }).get('argocd/application.yaml') as string).spec,
  );
  expect(specs[0]).toMatchObject({
    info: [{ value: 'Argo CD' }],
    syncPolicy: { automated: { prune: true, selfHeal: true, allowEmpty: false } },
  });
  expect(specs[1]).toMatchObject({ info: [{ value: 'cdk deploy; Argo CD only compares' }] });
  expect(specs[1].syncPolicy).not.toHaveProperty('automated');
});

test('output names are those that CloudFormation accepts', () => {
  for (const environment of environments)
    for (const name of neededOutputs(services, environment)) expect(name).toMatch(/^[A-Za-z0-9]+$/);
});

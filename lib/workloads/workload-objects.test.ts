import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { services } from '../services.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { aService, someWorkloadValues } from './testing/workload-fixtures.ts';
import { namespaceObjects, serviceObjects } from './workload-objects.ts';
import type { WorkloadValues } from './workload-values.ts';

const objectsOf = (
  service: ServiceManifest,
  differing: Partial<WorkloadValues> = {},
  others: ServiceManifest[] = [],
) => {
  const all = [service, ...others];
  return serviceObjects(service, all, someWorkloadValues(all, differing));
};
const kinds = (objects: KubernetesObject[]) => objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
const find = (objects: KubernetesObject[], kind: string) => objects.find((object) => object.kind === kind);
/** What these tests read of the `spec` of a Service, a NetworkPolicy or a Deployment. */
type Spec = {
  readonly clusterIP?: string;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly unknown[];
  readonly egress: readonly unknown[];
  readonly template: {
    readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
    readonly spec: {
      readonly containers: readonly [
        { readonly env: readonly { readonly name: string; readonly value: string }[]; readonly envFrom?: unknown },
      ];
    };
  };
};
const pick = <Part>(object: KubernetesObject | undefined, read: (spec: Spec) => Part): Part =>
  read(object?.['spec'] as Spec);
const container = (objects: KubernetesObject[]) =>
  pick(find(objects, 'Deployment'), ({ template }) => template.spec.containers[0]);
const variables = (objects: KubernetesObject[]): Record<string, string> =>
  Object.fromEntries(container(objects).env.map(({ name, value }) => [name, value]));
const checksum = (objects: KubernetesObject[]) =>
  pick(find(objects, 'Deployment'), (spec) => spec.template.metadata.annotations['checksum/configuration']);

describe('the deployed services', () => {
  const values = someWorkloadValues(services);
  const named = (name: string) => services.find((service) => service.name === name) as ServiceManifest;

  test('the namespace enforces restricted pod security and denies by default', () => {
    expect(namespaceObjects(values).map((object) => stringify(object))).toMatchSnapshot();
  });

  test.each(['api-gateway', 'order'])('%s has the objects that were reviewed', (name) => {
    expect(serviceObjects(named(name), services, values).map((object) => stringify(object))).toMatchSnapshot();
  });

  test.each(['user', 'product', 'cart', 'payment'])('%s is given what its manifest declares', (name) => {
    const objects = serviceObjects(named(name), services, values);
    expect({ objects: kinds(objects), environment: variables(objects) }).toMatchSnapshot();
  });

  test('the same manifest gives the same objects every time', () => {
    const write = () => JSON.stringify(services.map((service) => serviceObjects(service, services, values)));
    expect(write()).toBe(write());
  });
});

test('pods wait for the load balancer only where there is one', () => {
  const labelsOf = (differing: Partial<WorkloadValues>) =>
    find(namespaceObjects(someWorkloadValues([], differing)), 'Namespace')?.metadata.labels;
  expect(labelsOf({})).toHaveProperty(['eks.amazonaws.com/pod-readiness-gate-inject'], 'enabled');
  expect(Object.keys(labelsOf({ ingress: undefined }) ?? {}).join()).not.toContain('readiness-gate');
});

describe('a service', () => {
  test('that is a Lambda has no objects in the cluster', () => {
    expect(objectsOf(aService({ kind: 'lambda', ports: {} }))).toEqual([]);
  });

  test('without HTTP door has only the headless Service', () => {
    const objects = objectsOf(aService({ kind: 'grpc', ports: { grpc: 50099 } }));
    expect(kinds(objects).filter((name) => name.startsWith('Service/'))).toEqual(['Service/wishlist-grpc']);
    expect(pick(find(objects, 'Service'), ({ clusterIP }) => clusterIP)).toBe('None');
  });

  test('without static configuration has no ConfigMap and no reference to one', () => {
    const objects = objectsOf(aService());
    expect(find(objects, 'ConfigMap')).toBeUndefined();
    expect(container(objects).envFrom).toBeUndefined();
  });

  test('with changed static configuration is rolled, without a change is not', () => {
    const service = aService({ configuration: { PAGE_SIZE: { description: 'Items.', kind: 'plain', default: '20' } } });
    const before = objectsOf(service);
    const after = objectsOf(service, { configuration: { wishlist: { PAGE_SIZE: '50' } } });
    expect(find(after, 'ConfigMap')).toMatchObject({ data: { PAGE_SIZE: '50' } });
    expect(checksum(after)).not.toBe(checksum(before));
    expect(checksum(objectsOf(service))).toBe(checksum(before));
  });

  test('gets the id of a secret and never its value', () => {
    const service = aService({ configuration: { API_KEY: { description: 'Key.', kind: 'secret' } } });
    const given = variables(objectsOf(service));
    expect(given['API_KEY_SECRET_ID']).toBe('cloudmart/test/wishlist/API_KEY');
    expect(given).not.toHaveProperty('API_KEY');
  });

  test('is reached only by those that declare to call it', () => {
    const callers = ['gifts', 'alerts'].map((name, index) =>
      aService({ name, ports: { http: 8200 + index }, calls: ['wishlist'] }),
    );
    const stranger = aService({ name: 'stranger', ports: { http: 8300 } });
    const objects = objectsOf(aService(), {}, [...callers, stranger]);
    const admitted = pick(find(objects, 'NetworkPolicy'), ({ ingress }) => JSON.stringify(ingress));
    expect(admitted).toContain('"alerts"');
    expect(admitted).toContain('"gifts"');
    expect(admitted).not.toContain('stranger');
  });

  test('is reached at its gRPC door only by those that declare to call that, each with a secret of the two', () => {
    const wishlist = aService({ kind: 'web+grpc', ports: { http: 8100, grpc: 8150 } });
    const gifts = aService({ name: 'gifts', ports: { http: 8200 }, calls: ['wishlist'], callsByGrpc: ['wishlist'] });
    const alerts = aService({ name: 'alerts', ports: { http: 8201 }, calls: ['wishlist'] });
    const all = [wishlist, gifts, alerts];
    const policy = (objects: readonly object[]) => find(objects as never, 'NetworkPolicy');
    const of = (service: typeof wishlist) =>
      objectsOf(
        service,
        {},
        all.filter((other) => other !== service),
      );
    const ingress = pick(
      policy(of(wishlist)),
      ({ ingress: rules }) => rules as { from: object[]; ports: { port: number }[] }[],
    );
    const admitted = (port: number) =>
      JSON.stringify(ingress.filter(({ ports }) => ports.some((one) => one.port === port)).map(({ from }) => from));
    expect(admitted(8150)).toContain('"gifts"');
    expect(admitted(8150)).not.toContain('"alerts"');
    expect(admitted(8100)).toContain('"alerts"');
    const egress = (service: typeof wishlist) =>
      JSON.stringify(pick(policy(of(service)), ({ egress: rules }) => rules));
    expect(egress(gifts)).toContain('8150');
    expect(egress(alerts)).not.toContain('8150');
    const secret = ['CALL_SECRET_GIFTS_TO_WISHLIST_SECRET_ID', 'cloudmart/test/CALL_SECRET_GIFTS_TO_WISHLIST'] as const;
    expect(variables(of(wishlist))).toMatchObject({ ALLOWED_CALLERS: 'gifts', [secret[0]]: secret[1] });
    expect(variables(of(gifts))).toMatchObject({ [secret[0]]: secret[1] });
    expect(Object.keys(variables(of(alerts))).join()).not.toContain('CALL_SECRET');
  });

  test('that nobody calls admits nobody but who reads its metrics, at the port of the probes', () => {
    const policy = find(objectsOf(aService()), 'NetworkPolicy');
    expect(pick(policy, ({ policyTypes }) => policyTypes)).toContain('Ingress');
    expect(pick(policy, ({ ingress }) => ingress)).toEqual([
      { from: [{ ipBlock: { cidr: '10.0.34.0/24' } }], ports: [{ protocol: 'TCP', port: 9000 }] },
    ]);
  });

  test('whose metrics nobody reads admits nobody at the port of the probes', () => {
    const { network } = someWorkloadValues([aService()]);
    const objects = objectsOf(aService(), { network: { ...network, metricsCidrs: [] } });
    expect(pick(find(objects, 'NetworkPolicy'), ({ ingress }) => ingress)).toBeUndefined();
  });

  test('that needs no store reaches DNS, credentials and AWS endpoints only', () => {
    expect(pick(find(objectsOf(aService()), 'NetworkPolicy'), ({ egress }) => egress)).toHaveLength(3);
  });

  test("whose traces are recorded reaches the nodes' agent at the port for spans and no other, and is told of it", () => {
    const objects = objectsOf(aService(), { traces: { share: 0.1 } });
    const [before, after] = [objectsOf(aService()), objects].map((each) =>
      pick(find(each, 'NetworkPolicy'), ({ egress }) => egress),
    );
    expect(after?.filter((rule) => !before?.some((other) => isDeepStrictEqual(rule, other)))).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'amazon-cloudwatch' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/component': 'amazon-cloudwatch-agent' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 4318 }],
      },
    ]);
    expect(variables(objects)).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://cloudwatch-agent.amazon-cloudwatch.svc.cluster.local:4318',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    });
  });

  test('that uses objects in S3 leaves the network, but to no private address', () => {
    const objects = objectsOf(
      aService({ owns: { buckets: { pictures: { folders: ['large', 'sent'], uploads: 'sent' } } } }),
    );
    const last = pick(find(objects, 'NetworkPolicy'), ({ egress }) => egress.at(-1));
    expect(last).toMatchObject({
      to: [{ ipBlock: { cidr: '0.0.0.0/0', except: expect.arrayContaining(['10.0.0.0/8']) } }],
    });
    expect(variables(objects)['BUCKET_PICTURES']).toBe('s3://test-pictures');
  });

  test('is public only where the environment has a public door', () => {
    const service = aService({ public: true });
    expect(kinds(objectsOf(service))).toContain('Ingress/wishlist');
    expect(kinds(objectsOf(service, { ingress: undefined }))).not.toContain('Ingress/wishlist');
    expect(kinds(objectsOf(aService()))).not.toContain('Ingress/wishlist');
  });

  test('believes the load balancer about visitors, where it stands behind one', () => {
    const believed = (service: ServiceManifest, differing: Partial<WorkloadValues> = {}) =>
      variables(objectsOf(service, differing))['TRUSTED_PROXIES'];
    expect(believed(aService({ public: true }))).toBe('10.0.0.0/24,10.0.1.0/24');
    expect(believed(aService({ public: true }), { ingress: undefined })).toBeUndefined();
    expect(believed(aService())).toBeUndefined();
  });
});

describe('values that cannot be deployed are refused by name', () => {
  const token = ['$', '{Token[TOKEN.7]}'].join('');
  test.each<[string, ServiceManifest, Partial<WorkloadValues>, RegExp]>([
    ['an image is missing', aService(), { images: {} }, /no image for "wishlist"/],
    [
      'an image has a moving tag',
      aService(),
      { images: { wishlist: 'registry.example/wishlist:latest' } },
      /can change/,
    ],
    ['an image has no tag', aService(), { images: { wishlist: 'registry.example:5000/wishlist' } }, /can change/],
    ['replicas are missing', aService(), { replicas: {} }, /no replicas for "wishlist"/],
    ['no replica is left', aService(), { replicas: { wishlist: { min: 0, max: 2 } } }, /min must be at least 1/],
    ['secret ids are missing', aService(), { secretIds: {} }, /no secret ids for "wishlist"/],
    [
      'a table has no name',
      aService({ owns: { tables: { wishes: { partitionKey: 'id' } } } }),
      { tables: {} },
      /table for "wishes"/,
    ],
    ['a door takes the port of the probes', aService({ ports: { http: 9000 } }), {}, /port of the probes/],
    [
      'a public service has no HTTP',
      aService({ kind: 'grpc', ports: { grpc: 50099 }, public: true }),
      {},
      /no ports.http/,
    ],
    ['configuration is not declared', aService(), { configuration: { wishlist: { COLOUR: 'red' } } }, /"COLOUR"/],
    ['a token stands in a name', aService(), { namespace: token }, /^ConfigMap|metadata.namespace holds a value/],
    [
      'a token stands in static configuration',
      aService({ configuration: { COLOUR: { description: 'Colour.', kind: 'plain', default: token } } }),
      {},
      /data.COLOUR holds a value that only the deployment knows/,
    ],
    [
      'a rule of the network policy would admit everybody',
      aService({ cache: true }),
      { network: { ...someWorkloadValues([]).network, dataCidrs: [] } },
      /rule without peers/,
    ],
    ['a number is a token', aService(), { replicas: { wishlist: { min: 2, max: 1.5e289 } } }, /maxReplicas/],
    [
      'the objects are too large',
      aService(),
      { eventsUrl: 'x', databaseAddress: 'x', region: 'r'.repeat(100_000) },
      /100000/,
    ],
  ])('when %s', (_, service, differing, sentence) => {
    expect(() => objectsOf(service, differing)).toThrow(sentence);
  });

  test('a token may stand in environment values, images and Ingress annotations', () => {
    const objects = objectsOf(aService({ public: true, cache: true }), {
      cacheUrls: { wishlist: `rediss://test-wishlist@${token}:6379?cacheName=test` },
      images: { wishlist: `${token}/wishlist:0123` },
      ingress: {
        className: 'alb',
        annotations: { certificate: token },
        readinessGateLabel: 'gate',
        sourceCidrs: ['10.0.0.0/24'],
      },
    });
    expect(variables(objects)['CACHE_URL']).toContain('Token');
  });
});

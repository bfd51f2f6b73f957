// The real parts that `npm run test:real` tests against: what each needs of the machine, and how it is made ready.
import { join } from 'node:path';
import { bundleService } from '../../lib/bundle/bundle.ts';
import { jobJar } from '../../lib/bundle/stream-job/job-jar.ts';
import { root } from '../../lib/checkout.ts';
import { manifest as analytics } from '../../services/analytics/manifest.ts';
import { kafkaBroker } from './kafka-broker.ts';
import { mavenFiles } from './maven-files.ts';
import { buildCluster, clusterNeeds, containerEngine, engineNeeds, kubernetes, synthesize } from './prepare-parts.ts';
import { cache, debianPackage, goModule, goProgram, goTool, pythonTool, run } from './tool-cache.ts';

export type RealPart = {
  readonly name: string;
  /** Commands that must be on PATH. */
  readonly needs: readonly string[];
  /** Test files that need it, as a pattern for jest. */
  readonly tests: string;
  /**
   * Whether its tests mostly wait. Those parts run one after another beside the others, which mostly compute; parts that share a
   * cluster or a port are of one kind. Default false.
   */
  readonly waits?: boolean;
  /** What it cannot show, with the reason; printed with the result, so that a green part is not taken for more than it is. */
  readonly notShown?: readonly string[];
  /** Builds or installs what is missing into the cache and returns environment variables for the tests. */
  prepare(): Promise<Readonly<Record<string, string>>>;
};

export const realParts: readonly RealPart[] = [
  {
    name: 'Kubernetes linters (kubeconform, kube-score)',
    needs: ['go'],
    tests: 'manifest-linters\\.real',
    prepare: async () => ({
      REAL_KUBECONFORM: await goTool('kubeconform', 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0'),
      REAL_KUBE_SCORE: await goTool('kube-score', 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0'),
      REAL_SCHEMAS: join(kubernetes, 'schemas'),
    }),
  },
  {
    name: 'checkov',
    needs: ['python3'],
    tests: '(manifest|template)-checkov\\.real',
    prepare: async () => ({
      REAL_CHECKOV: await pythonTool('checkov', '3.3.30'),
      REAL_ASSEMBLY: await synthesize(),
    }),
  },
  {
    name: 'cfn-lint',
    needs: ['python3'],
    tests: 'template-linter\\.real',
    prepare: async () => ({
      REAL_CFN_LINT: await pythonTool('cfn-lint', '1.58.0'),
      REAL_ASSEMBLY: await synthesize(),
    }),
  },
  {
    name: 'AWS emulator',
    needs: ['python3'],
    tests: 'emulation/.*\\.real',
    notShown: [
      'permissions: the emulator allows everything, so no policy is shown to be enough or tight',
      'networks: security groups, NAT and endpoints are records that no packet passes',
      'EKS, Aurora, MSK and Valkey: records without servers; the parts "Kubernetes", "Kafka" and "Redis" have real ones',
      'Kubernetes objects: parsed, kept and compared, never applied; the part "Kubernetes API server" applies them',
      'the job that makes database owners: there is no database; `npm test` runs it on PostgreSQL, with what rds_iam does to sign-in',
      'Lambda reading Kafka: the emulator polls queues only, so the function gets batches shaped like those of Kafka',
      'alarms: stored without metric math, and none ever rings',
      'instance profiles and validation records that outlive what they hold: the emulator lets roles and zones go with them; `npm test` has a peer that does not',
      'drift: the emulator compares few resource types; the CLI says how many it left unchecked',
      'pre-flight of layers and quotas: ECR keeps manifests alone here, and Service Quotas is missing; `npm test` has peers',
    ],
    prepare: async () => ({
      // The launcher beside this file uses parts of ministack that are private: exactly this version.
      REAL_EMULATOR_PYTHON: await pythonTool('ministack', '1.5.33', 'python'),
      REAL_EMULATOR: join(root, '.config/real/aws-emulator/launch.py'),
      REAL_ASSEMBLY: await synthesize(),
    }),
  },
  {
    name: 'Kubernetes API server',
    needs: clusterNeeds,
    tests: 'admission\\.real',
    waits: true,
    prepare: async () => ({
      ...(await buildCluster('core')),
      REAL_ARGO_CRD: join(
        await goModule('github.com/argoproj/argo-cd/v3@v3.2.0'),
        'manifests/crds/application-crd.yaml',
      ),
    }),
  },
  {
    name: 'Kubernetes controllers, scheduler and simulated nodes',
    needs: clusterNeeds,
    tests: 'rollout\\.real',
    waits: true,
    prepare: () => buildCluster('full'),
  },
  {
    name: 'actionlint',
    needs: ['go'],
    tests: 'workflows\\.real',
    prepare: async () => ({
      REAL_ACTIONLINT: await goTool('actionlint', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12'),
    }),
  },
  {
    name: 'Verification and rollback on simulated nodes',
    needs: clusterNeeds,
    tests: 'verify\\.real',
    waits: true,
    prepare: () => buildCluster('full'),
  },
  {
    name: 'Container engine',
    needs: [...engineNeeds, 'docker-registry'],
    tests: '(image|publish)\\.real',
    prepare: containerEngine,
  },
  {
    name: 'Docker Compose',
    needs: [...engineNeeds, 'go', 'java', 'mvn', 'sha256sum', 'redis-server'],
    tests: 'compose\\.real',
    prepare: async () => ({
      ...(await containerEngine()),
      REAL_KAFKA: await kafkaBroker(cache),
      REAL_COMPOSE: await goProgram('docker-compose', 'github.com/docker/compose/v2@v2.40.3', './cmd'),
    }),
  },
  {
    name: 'Pre-flight against an AWS emulator',
    needs: ['python3'],
    tests: 'preflight\\.real',
    prepare: async () => ({ REAL_MINISTACK: await pythonTool('ministack', '1.5.33') }),
  },
  {
    name: 'Review of commits',
    needs: ['git'],
    tests: 'comparison\\.real',
    prepare: async () => ({}),
  },
  {
    name: 'Apache Kafka',
    needs: ['java', 'mvn', 'sha256sum'],
    tests: 'kafka[^/]*\\.real',
    waits: true,
    prepare: async () => ({ REAL_KAFKA: await kafkaBroker(cache) }),
  },
  {
    name: 'DynamoDB Local',
    needs: ['java', 'mvn', 'sha256sum'],
    tests: 'table-streams\\.real',
    waits: true,
    notShown: ['shards that split, and a stream of more than one day: DynamoDB Local begins a new shard after hours'],
    prepare: async () => ({ REAL_DYNAMODB: await mavenFiles(cache, 'dynamodb', '3.1.0') }),
  },
  {
    name: 'Apache Flink',
    needs: ['java', 'javac', 'mvn', 'sha256sum'],
    tests: 'on-flink\\.real',
    notShown: [
      'Managed Service for Apache Flink: how it reads the application, signs in to MSK and scales; this is Flink 2.2 in one process',
    ],
    prepare: async () => {
      const into = join(cache, 'stream-jobs');
      const { jar, flink } = await jobJar(await bundleService(analytics, { root, into: join(into, 'bundles') }), into);
      return { REAL_KAFKA: await kafkaBroker(cache), REAL_FLINK_JOB: jar, REAL_FLINK: flink };
    },
  },
  {
    name: 'Prometheus',
    needs: ['apt-get', 'dpkg-deb'],
    tests: '(scrape-configuration|rule-groups|dashboards|alert-manager)\\.real',
    waits: true,
    notShown: [
      'discovery in Kubernetes, without which Debian builds it, and the collector of AWS, which takes the same rules',
    ],
    prepare: async () => {
      const programs = join(await debianPackage('prometheus'), 'usr/bin');
      return {
        REAL_PROMETHEUS: join(programs, 'prometheus'),
        REAL_PROMTOOL: join(programs, 'promtool'),
        REAL_AMTOOL: join(await debianPackage('prometheus-alertmanager'), 'usr/bin/amtool'),
      };
    },
  },
  {
    name: 'Schemathesis',
    needs: ['python3'],
    tests: 'public-doors\\.real',
    waits: true,
    prepare: async () => ({ REAL_SCHEMATHESIS: await pythonTool('schemathesis', '4.32.5') }),
  },
  {
    name: 'Chromium',
    needs: ['chromium', 'which'],
    tests: 'browser\\.real',
    notShown: ['other browsers: nobody opened the pages in Firefox or Safari'],
    prepare: async () => ({
      // The same engine without a desktop's windows, each of which costs as much as the page in it; Ubuntu packages none.
      REAL_CHROMIUM: await run('which', ['chromium-headless-shell']).catch(() => run('which', ['chromium'])),
      REAL_SCREENSHOTS: join(root, 'node_modules/.cache/cloudmart-screenshots'),
    }),
  },
  {
    name: 'Stripe mock',
    needs: ['go'],
    tests: 'stripe[^/]*\\.real',
    notShown: ['what a payment becomes: stripe-mock keeps nothing; `npm test` has a peer with state'],
    prepare: async () => ({
      REAL_STRIPE_MOCK: await goTool('stripe-mock', 'github.com/stripe/stripe-mock@v0.203.0'),
    }),
  },
  {
    name: 'Redis',
    needs: ['redis-server', 'openssl'],
    tests: '(cache[^/]*|shared-limits)\\.real',
    prepare: async () => ({}),
  },
];

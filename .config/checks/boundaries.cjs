// Who may import whom, as the layout of the folders says. Each comment ends the violation's message: it is the way out.
const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const TEST = '(\\.test\\.ts$|\\.conformance\\.ts$|/testing/|^services/acceptance/)';
// $1 is the service's own name.
const SERVICE = '^services/(?!kit/|site-kit/|contracts/|acceptance/)([^/]+)/';
/** What runs in browsers. */
const PAGES = '^services/(storefront|console|site-kit)/';
const ENTRY = '/(main|handler|local)\\.tsx?$';
const DRIVERS =
  'node_modules/(pg|pg-boss|@redis/[^/]+|@platformatic/kafka|@grpc/[^/]+|@aws-sdk/[^/]+|@smithy/[^/]+)(/|$)';
const INFRASTRUCTURE = 'node_modules/(aws-cdk-lib|aws-cdk|constructs|cdk8s[^/]*|cdk-nag|@aws-cdk/[^/]+)(/|$)';
const valuesOnly = { dependencyTypesNot: ['type-only'] };

module.exports = {
  forbidden: [
    error(
      'no-circular',
      'Two files that need each other are one file, or miss a third: move what both need into its own file.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    error(
      'no-missing-imports',
      'The file or package is not there: correct the path, or install the package.',
      // Whoever runs a script of k6 has its modules built in.
      { pathNot: '\\.k6\\.js$' },
      { couldNotResolve: true },
    ),
    error(
      'runtime-needs-no-dev-dependency',
      '`npm ci --omit=dev` leaves it out: move the package to dependencies, or the import into a test.',
      { pathNot: TEST },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    error(
      'no-orphans',
      'Nobody imports this file: delete it, or add it to the entry points in .config/checks/boundaries.cjs.',
      {
        orphan: true,
        pathNot: [
          TEST,
          '\\.d\\.ts$',
          ENTRY,
          '^bin/[^/]+\\.ts$',
          '^services/contracts/generated/',
          // What index.html loads as it lies there.
          '^services/[^/]+/public/',
        ],
      },
      {},
    ),
    error(
      'runtime-never-sees-infrastructure',
      'A service must start without CDK installed: move what it needs into services/kit or its manifest.',
      { path: '^services/', pathNot: TEST },
      { path: ['^(lib|bin)/', INFRASTRUCTURE] },
    ),
    error(
      'library-never-sees-commands',
      'lib/ does the work and bin/ prints it: move the shared part into lib/.',
      { path: '^lib/' },
      { path: '^bin/' },
    ),
    error(
      'infrastructure-sees-only-manifests',
      'It knows what a service needs, never how it works: put that into the manifest (services/kit/manifest.ts).',
      { path: '^(bin/|lib/(stacks|constructs|workloads|guards)/|lib/[^/]+\\.ts$)', pathNot: TEST },
      {
        path: '^services/',
        pathNot: [
          '(^|/)manifest\\.ts$',
          '^services/kit/(cache-rights|call-secret|configuration-declaration|destinations|observation|operation|values/viewer-headers)\\.ts$',
        ],
      },
    ),
    error(
      'tools-see-no-service',
      "lib/ works through public doors: a service's manifest and config.ts, services/contracts and services/kit, never its code.",
      { path: '^lib/', pathNot: TEST },
      { path: '^services/', pathNot: ['(^|/)(manifest|config)\\.ts$', '^services/(kit|contracts)/'] },
    ),
    error(
      'services-meet-only-through-contracts',
      "Never a neighbour's code: share a schema in services/contracts, or mechanics in services/kit.",
      { path: SERVICE },
      { path: '^services/', pathNot: '^services/($1|kit|site-kit|contracts)/' },
    ),
    error(
      'kit-knows-npm-only',
      'kit/ would be useful in another company: take what it needs as an argument.',
      { path: '^services/kit/', pathNot: TEST },
      { path: ['^services/(?!kit/)', '^(lib|bin)/'] },
    ),
    error(
      'contracts-are-leaves',
      'A contract is a schema: zod, other contracts, digests by node:crypto and, in generated/, the protobuf wire format; move the rest into kit/ or the service.',
      { path: '^services/contracts/', pathNot: ['^services/contracts/generated/', TEST] },
      { pathNot: ['^services/contracts/', 'node_modules/zod/', '^(node:)?crypto$'] },
    ),
    error(
      'generated-code-knows-only-the-wire',
      'It is written by `npm run generate`: change services/contracts/buf.gen.yaml, never the file.',
      { path: '^services/contracts/generated/' },
      { pathNot: ['^services/contracts/generated/', 'node_modules/@bufbuild/protobuf/dist/[^/]+/wire/'] },
    ),
    error(
      'domain-is-pure',
      'Business rules need no library, clock, network or disk: import type it, or take it as an argument.',
      { path: `${SERVICE}domain/`, pathNot: TEST },
      { pathNot: ['^services/$1/domain/', '^services/kit/values/'], ...valuesOnly },
    ),
    error(
      'kit-values-are-pure',
      'The domain imports these: they may know each other and nothing else.',
      { path: '^services/kit/values/', pathNot: TEST },
      { pathNot: '^services/kit/values/', ...valuesOnly },
    ),
    error(
      'use-cases-take-effects-as-arguments',
      'import type the repository, client or kit part; app.ts passes the real one.',
      { path: `${SERVICE}use-cases/`, pathNot: TEST },
      {
        path: [
          '^services/$1/(storage|clients|http|grpc|events)/',
          '^services/kit/(?!values/|auth/caller\\.ts)',
          DRIVERS,
        ],
        ...valuesOnly,
      },
    ),
    error(
      'edges-do-not-meet',
      'Routes and subscriptions call use cases: import type the neighbour; only app.ts joins them to storage.',
      { path: `${SERVICE}(http|grpc|events)/`, pathNot: TEST },
      { path: '^services/$1/(http|grpc|events|storage|clients)/', pathNot: '^services/$1/$2/', ...valuesOnly },
    ),
    error(
      'storage-and-clients-are-outermost',
      'They may build domain values and know nothing above: move the decision into domain/ or use-cases/.',
      { path: `${SERVICE}(storage|clients)/`, pathNot: TEST },
      {
        path: '^services/$1/(http|grpc|events|use-cases|storage|clients)/',
        pathNot: '^services/$1/$2/',
        ...valuesOnly,
      },
    ),
    error(
      'entry-points-are-not-imported',
      'main.ts, handler.ts and local.ts run on import: import app.ts instead.',
      { pathNot: TEST },
      { path: `^services/[^/]+${ENTRY}` },
    ),
    error(
      'only-entry-points-compose',
      'app.ts is the composition root: take what you need as an argument.',
      { path: SERVICE, pathNot: [TEST, ENTRY] },
      { path: '^services/$1/app\\.ts$' },
    ),
    error(
      'drivers-stay-behind-storage',
      'A driver is replaceable only if few files name it: import it in storage/, clients/ or services/kit.',
      { path: '^services/', pathNot: ['^services/kit/', '/(storage|clients)/', TEST] },
      { path: DRIVERS, ...valuesOnly },
    ),
    error(
      'stacks-meet-in-platform',
      'A stack receives what it needs as props; lib/platform.ts wires.',
      { path: '^lib/stacks/([^/]+)\\.ts$', pathNot: TEST },
      { path: '^lib/stacks/', pathNot: '^lib/stacks/($1|platform-stack)\\.ts$', ...valuesOnly },
    ),
    error(
      'constructs-know-no-stack',
      'constructs/ and workloads/ are reusable parts: take what they need as props.',
      { path: '^lib/(constructs|workloads)/', pathNot: TEST },
      { path: '^lib/(stacks/|platform\\.ts)' },
    ),
    error(
      'workloads-are-plain-kubernetes',
      'Manifests synthesise without AWS: take the value as a prop.',
      { path: '^lib/workloads/', pathNot: TEST },
      { path: 'node_modules/aws-cdk-lib' },
    ),
    error(
      'local-run-needs-no-cloud',
      '`npm start` must work without CDK: move the shared part out of lib/stacks, lib/constructs or lib/workloads.',
      { path: '^lib/(local|bundle|shop)/', pathNot: TEST },
      { path: ['^lib/(stacks|constructs|workloads|guards)/', INFRASTRUCTURE] },
    ),
    error(
      'pages-see-only-contracts',
      'Browser code must not pull in the server kit, but for its table of minor units: share a schema in services/contracts.',
      { path: PAGES, pathNot: ['/manifest\\.ts$', TEST] },
      { path: '^services/', pathNot: [PAGES, '^services/contracts/', '^services/kit/values/minor-units\\.ts$'] },
    ),
    error(
      'site-kit-knows-no-site',
      'It would be useful to any other site: take what it needs as an argument, or as words of SiteWordsProvider.',
      { path: '^services/site-kit/' },
      { path: PAGES, pathNot: '^services/site-kit/' },
    ),
    error(
      'site-kit-is-for-pages',
      'It needs a browser: what services share lies in services/kit.',
      { path: '^services/', pathNot: PAGES },
      { path: '^services/site-kit/' },
    ),
    error(
      'production-never-sees-tests',
      'Fixtures and fakes stay out of bundles: move what production needs out of testing/.',
      { pathNot: TEST },
      { path: TEST },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'cdk\\.out|\\.cloudmart' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};

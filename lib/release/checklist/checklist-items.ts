/** What a deployment is asked before, during and after it, each with the reason that put it on the list. */

export const phases = ['pre', 'during', 'post'] as const;
export type ChecklistPhase = (typeof phases)[number];

/** Who tells: a check of the pre-flight, the commit itself, the laws of the data, the running platform. Absent: a person. */
export type Automatic =
  | { readonly by: 'preflight'; readonly checks: readonly string[] }
  | { readonly by: 'commit' }
  | { readonly by: 'laws' }
  | { readonly by: 'verify' };

export type ChecklistItem = {
  /** Stable; names the item in answers and records. */
  readonly id: string;
  readonly phase: ChecklistPhase;
  /** What must be true. */
  readonly statement: string;
  /** What went wrong, here or elsewhere, without it. */
  readonly reason: string;
  readonly automatic?: Automatic;
};

const preflight = (...checks: string[]): Automatic => ({ by: 'preflight', checks });

export const checklistItems: readonly ChecklistItem[] = [
  {
    id: 'commit-clean',
    phase: 'pre',
    statement: 'What is deployed is a commit, and nothing beside it.',
    reason: 'A release from an edited checkout cannot be built again, compared or rolled back to.',
    automatic: { by: 'commit' },
  },
  {
    id: 'right-account',
    phase: 'pre',
    statement: 'Credentials, account and region are those of the environment.',
    reason: 'Images were once pushed into a registry of another account, and the cluster kept the old ones.',
    automatic: preflight('credentials', 'account', 'region'),
  },
  {
    id: 'images-whole',
    phase: 'pre',
    statement: 'The registry holds the image of exactly this bundle of each service, whole and for every platform.',
    reason: 'An image in which every source file was empty once passed each step and failed in front of customers.',
    automatic: preflight('images'),
  },
  {
    id: 'secrets-real',
    phase: 'pre',
    statement: 'Every secret and every setting that a manifest declares has a value, and none is a placeholder.',
    reason: 'Pods once ran with the `<your-...>` of a template as a key.',
    automatic: preflight('secrets', 'configuration'),
  },
  {
    id: 'identities-agree',
    phase: 'pre',
    statement: 'Roles and service accounts agree with the manifests.',
    reason:
      'A role that does not trust the service account fails in the first call, long after the roll-out was green.',
    automatic: preflight('identities'),
  },
  {
    id: 'address-ready',
    phase: 'pre',
    statement: 'The certificate is issued, and the domain leads to its zone.',
    reason: 'A stack waits for hours on a certificate whose zone nobody delegated.',
    automatic: preflight('certificate', 'domain'),
  },
  {
    id: 'quotas-suffice',
    phase: 'pre',
    statement: 'The account may hold what the environment grows to.',
    reason: 'A quota stops a deployment half-way, or the autoscaler on the busiest day.',
    automatic: preflight('quotas'),
  },
  {
    id: 'checks-green',
    phase: 'pre',
    statement: 'The checks of this commit are green in CI, and were not skipped.',
    reason: 'What was not run on this commit says nothing about it.',
  },
  {
    id: 'diff-read',
    phase: 'pre',
    statement: 'Somebody else has read what `npx cloudmart diff` says of this environment, destruction first.',
    reason: 'A renamed id replaces a database; the diff says so, and only a reader notices.',
  },
  {
    id: 'migrations-compatible',
    phase: 'pre',
    statement: 'The version that runs now works with the migrations of this one.',
    reason: 'Old pods serve while new ones start, and a roll-back brings code back, never a schema.',
  },
  {
    id: 'backup-fresh',
    phase: 'pre',
    statement: 'There is a recovery point of today for databases and tables, and a restore was tried this month.',
    reason: 'A backup that was never restored is a hope.',
  },
  {
    id: 'way-back-known',
    phase: 'pre',
    statement: 'You know the release to go back to, and who decides to.',
    reason: 'The decision takes longer than `npx cloudmart rollback` when nobody owns it.',
  },
  {
    id: 'people-told',
    phase: 'pre',
    statement: 'Whoever answers pages and customers today knows of the deployment.',
    reason: 'An alarm that everybody takes for the deployment is an outage that nobody looks at.',
  },
  {
    id: 'nobody-else',
    phase: 'during',
    statement: 'Nobody else deploys or changes this environment by hand.',
    reason: 'Two deployments at once leave a state that neither of them describes.',
  },
  {
    id: 'right-account-still',
    phase: 'during',
    statement: 'Credentials, account and region are still those of the environment.',
    reason: 'Sessions end and profiles change between the pre-flight and the deployment.',
    automatic: preflight('credentials', 'account', 'region'),
  },
  {
    id: 'stacks-forward',
    phase: 'during',
    statement: 'Every stack goes forward; none rolls back or waits for more than its usual time.',
    reason: 'A stack that waits is usually one whose pods or certificate will never be ready; its events say which.',
  },
  {
    id: 'orders-flow',
    phase: 'during',
    statement: 'Orders are placed and paid at the usual rate, and errors of the public door stay below 1 %.',
    reason: 'Probes see processes; only orders show that the shop sells.',
  },
  {
    id: 'alarms-quiet',
    phase: 'during',
    statement: 'No alarm has fired since the start that did not fire before.',
    reason: 'Lag, outbox age and dead letters rise minutes before customers notice.',
  },
  {
    id: 'release-verified',
    phase: 'post',
    statement: 'Every pod runs the image and configuration that were asked for, and a purchase from outside succeeds.',
    reason: 'A stack is green once the API server took the objects, whatever becomes of the pods.',
    automatic: { by: 'verify' },
  },
  {
    id: 'nothing-drifted',
    phase: 'post',
    statement: 'Account, secrets, identities, certificate and domain are as before the deployment.',
    reason: 'A deployment is the moment at which all of these change together.',
    automatic: preflight('credentials', 'account', 'secrets', 'identities', 'certificate', 'domain'),
  },
  {
    id: 'laws-hold',
    phase: 'post',
    statement: 'Orders, stock, money and events agree with each other.',
    reason: 'A lost order or a double charge raises no alarm by itself.',
    automatic: { by: 'laws' },
  },
  {
    id: 'dead-letters-empty',
    phase: 'post',
    statement: 'No record has gone to a dead-letter topic or failure destination since the start.',
    reason: 'A reader that cannot read the new events loses them quietly.',
  },
  {
    id: 'mail-arrives',
    phase: 'post',
    statement: 'The mail of a real order has arrived in a mailbox outside, and its links lead to the shop.',
    reason: 'An address that only the cluster resolves was once sent to customers.',
  },
  {
    id: 'still-quiet',
    phase: 'post',
    statement: 'Thirty minutes later alarms are quiet, and latency and error rate are those of yesterday.',
    reason: 'Leaks and full pools need traffic and time.',
  },
  {
    id: 'told-and-noted',
    phase: 'post',
    statement: 'Who was told before is told of the end, and what surprised you is written down.',
    reason: 'The next deployment is prepared from this one’s surprises.',
  },
];

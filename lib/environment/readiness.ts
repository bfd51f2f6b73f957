/** What an environment must say before it may serve customers, and need not say while it has no account. */
import type { Environment } from './environment.ts';

/** Add-ons of a cluster by the way its nodes are run. */
export const addOnsOf = ({ compute }: Environment['cluster']): readonly string[] => [
  'metrics-server',
  'amazon-cloudwatch-observability',
  ...(compute === 'auto-mode'
    ? []
    : ['vpc-cni', 'coredns', 'kube-proxy', 'eks-pod-identity-agent', 'aws-ebs-csi-driver']),
];

/** Whether somebody hears of an alarm of the environment. */
export const isHeard = ({ alerts }: Environment): boolean => alerts.emails.length + alerts.endpoints.length > 0;

/** Whether people read of its alarms and incidents in a chat. */
export const hasChat = ({ alerts }: Environment): boolean => (alerts.slack ?? alerts.teams) !== undefined;

/** What is said, at synthesis and in the pre-flight, where nobody does. */
export const UNHEARD =
  'nothing means that alarms ring where nobody hears them; name a mail address here, or a pager in alerts.endpoints';

/** Whether an environment takes the money of customers: it is protected, and names the account that it lives in. */
export const servesCustomers = ({ protected: isProtected, account }: Environment): boolean =>
  isProtected && account !== undefined;

/** What is missing where an environment is protected and names its account, as field and sentence; none elsewhere. */
export const readinessProblems = (environment: Environment): (readonly [field: string, sentence: string])[] => {
  const { cluster, proofCard } = environment;
  if (!servesCustomers(environment)) return [];
  const unpinned = addOnsOf(cluster).filter((name) => cluster.addOnVersions[name] === undefined);
  return [
    ...(/^tok_/.test(proofCard)
      ? [
          [
            'proofCard',
            `${proofCard} is a card of tests, which no real provider charges, so no release could be verified; name a payment method of the shop's own, pm_...`,
          ] as const,
        ]
      : []),
    ...(isHeard(environment) ? [] : [['alerts.emails', UNHEARD] as const]),
    ...unpinned.map(
      (name) =>
        [
          `cluster.addOnVersions.${name}`,
          `nothing means the newest version of the day of its creation, which nobody has tried and no deployment changes; write what "aws eks describe-addon-versions --kubernetes-version ${cluster.version} --addon-name ${name} --query 'addons[0].addonVersions[].addonVersion'" lists first`,
        ] as const,
    ),
  ];
};

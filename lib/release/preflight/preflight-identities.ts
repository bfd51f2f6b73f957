/** Whether each service account of the cluster gets the role of its service, and only pods can take that role. */
import {
  DescribePodIdentityAssociationCommand,
  EKSClient,
  type PodIdentityAssociationSummary,
  paginateListPodIdentityAssociations,
} from '@aws-sdk/client-eks';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { z } from 'zod';
import { withClient } from '../../aws/ask-aws.ts';
import type { Finding } from '../../aws/finding.ts';
import { partName, prefixOf, workloadNamespace } from '../../names.ts';
import type { PreflightCheck, PreflightContext } from './preflight-check.ts';

const PODS = 'pods.eks.amazonaws.com';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const trustShape = z.object({
  Statement: z.array(
    z.object({
      Effect: z.string(),
      Principal: z.union([z.string(), z.object({ Service: oneOrMore.optional() })]),
      Action: oneOrMore,
    }),
  ),
});

/** Whether a trust policy, URL-encoded as IAM hands it out, lets pods take the role and tag their session. */
const trustsPods = (encoded: string): boolean => {
  let document: unknown;
  try {
    document = JSON.parse(decodeURIComponent(encoded));
  } catch {
    return false;
  }
  const parsed = trustShape.safeParse(document);
  if (!parsed.success) return false;
  const allowed = parsed.data.Statement.filter(
    ({ Effect, Principal }) =>
      Effect === 'Allow' && typeof Principal === 'object' && (Principal.Service ?? []).includes(PODS),
  ).flatMap(({ Action }) => Action);
  return ['sts:AssumeRole', 'sts:TagSession'].every((action) => allowed.includes(action));
};

type Clients = { readonly eks: EKSClient; readonly iam: IAMClient };

const associationsOf = async (client: EKSClient, clusterName: string, { aws }: PreflightContext) => {
  const found: PodIdentityAssociationSummary[] = [];
  const pages = paginateListPodIdentityAssociations(
    { client },
    { clusterName, namespace: workloadNamespace },
    aws.deadline(),
  );
  try {
    for await (const { associations = [] } of pages) found.push(...associations);
  } catch (problem) {
    if ((problem as Error).name === 'ResourceNotFoundException') return undefined;
    throw problem;
  }
  return found;
};

const roleOf = (client: IAMClient, RoleName: string, { aws }: PreflightContext) =>
  client.send(new GetRoleCommand({ RoleName }), aws.deadline()).then(
    ({ Role }) => Role,
    (problem: Error) => {
      if (problem.name === 'NoSuchEntityException') return undefined;
      throw problem;
    },
  );

type Seen = { readonly findings: readonly Finding[]; readonly isNew?: boolean };

const identityOf = async (
  { eks, iam }: Clients,
  service: string,
  associations: readonly PodIdentityAssociationSummary[],
  context: PreflightContext,
): Promise<Seen> => {
  const { environment, account, aws } = context;
  const clusterName = prefixOf(environment.name);
  const roleName = partName(environment.name, service);
  // Drift of what the template describes; a deployment that only compares templates would not see it.
  const mend = `npx cdk deploy '${environment.name}/Workloads' --revert-drift`;
  const found = (code: Finding['code'], problem: string): Finding => ({ code, service, problem, command: mend });
  const role = await roleOf(iam, roleName, context);
  const association = associations.find(({ serviceAccount }) => serviceAccount === service);
  if (!role && !association) return { findings: [], isNew: true };
  const findings: Finding[] = [];
  if (!role)
    findings.push(
      found('role-missing', `service account ${service} is associated with a role, but IAM has no role ${roleName}`),
    );
  else if (!trustsPods(role.AssumeRolePolicyDocument ?? ''))
    findings.push(
      found(
        'role-trust-differs',
        `role ${roleName} does not let ${PODS} assume it and tag the session, so no pod gets it`,
      ),
    );
  if (!association?.associationId)
    findings.push(
      found(
        'identity-missing',
        `service account ${workloadNamespace}/${service} of ${clusterName} has no Pod Identity association, so its pods get no role`,
      ),
    );
  else {
    const { association: whole } = await eks.send(
      new DescribePodIdentityAssociationCommand({ clusterName, associationId: association.associationId }),
      aws.deadline(),
    );
    const suffix = `:iam::${account}:role/${roleName}`;
    if (!whole?.roleArn?.endsWith(suffix))
      findings.push(
        found(
          'identity-differs',
          `service account ${workloadNamespace}/${service} of ${clusterName} gets ${whole?.roleArn ?? 'no role'} and not ${roleName}`,
        ),
      );
  }
  return { findings };
};

/** IAM and EKS: what the manifests need and what the account holds agree. */
export const identityCheck: PreflightCheck = {
  name: 'identities',
  asks: 'EKS or IAM',
  run: (context) =>
    withClient(new EKSClient(context.aws.settings), (eks) =>
      withClient(new IAMClient(context.aws.settings), async (iam) => {
        const cluster = prefixOf(context.environment.name);
        const associations = await associationsOf(eks, cluster, context);
        if (!associations)
          return {
            summary: 'no cluster yet',
            findings: [],
            notChecked: [`there is no cluster ${cluster} yet, so its roles and associations come with this deployment`],
          };
        const findings: Finding[] = [];
        const coming: string[] = [];
        for (const { name } of context.pods) {
          const seen = await identityOf({ eks, iam }, name, associations, context);
          findings.push(...seen.findings);
          if (seen.isNew) coming.push(name);
        }
        return {
          summary: `roles and associations of ${context.pods.length} service accounts`,
          findings,
          ...(coming.length > 0
            ? {
                notChecked: [
                  `${coming.join(', ')}: role and association do not exist yet and come with this deployment`,
                ],
              }
            : {}),
        };
      }),
    ),
};

/** Rule about the tags that Kubernetes objects ask EKS Auto Mode to put on what it makes. */

import { at, identityStatements, listOf, resourcesOf, type StackTemplate, textOf } from '../templates/template.ts';
import type { Breach, Rule } from './rule.ts';

const compute = ['ec2:CreateFleet', 'ec2:RunInstances', 'ec2:CreateLaunchTemplate', 'ec2:CreateNetworkInterface'];
const balancing = [
  'elasticloadbalancing:CreateLoadBalancer',
  'elasticloadbalancing:CreateTargetGroup',
  'elasticloadbalancing:CreateListener',
  'elasticloadbalancing:CreateRule',
  'ec2:CreateSecurityGroup',
];

/** What EKS does with tags of its user on the call, because of this object; nothing where it asks for none. */
const taggedActions = (object: unknown): readonly string[] => {
  const isAutoMode = /^eks\.amazonaws\.com\//.test(String(at(object, 'apiVersion')));
  const asked = Object.keys((at(object, 'spec', 'tags') ?? {}) as object).length > 0;
  if (isAutoMode && asked && at(object, 'kind') === 'NodeClass') return compute;
  if (isAutoMode && asked && at(object, 'kind') === 'IngressClassParams') return balancing;
  return [];
};

/** Actions that a role may do with any tag on the call, as long as the name of the cluster is one of them. */
const allowedWithTags = ({ template }: StackTemplate, roleId: string): string[] =>
  identityStatements(template)
    .filter(
      ({ entry, statement }) =>
        statement.Effect === 'Allow' &&
        (entry.logicalId === roleId || listOf(entry.properties['Roles']).map(textOf).includes(`<${roleId}>`)) &&
        at(statement.Condition, 'StringEquals', 'aws:RequestTag/eks:eks-cluster-name') !== undefined &&
        !JSON.stringify(statement.Condition).includes('"aws:TagKeys"'),
    )
    .flatMap(({ statement }) => listOf(statement.Action).map(textOf));

const manifestObjects = ({ template }: StackTemplate) =>
  resourcesOf(template, 'Custom::AWSCDK-EKS-KubernetesResource').flatMap(({ logicalId, properties }) => {
    try {
      return listOf(JSON.parse(textOf(properties['Manifest']))).map((object) => ({ logicalId, object }));
    } catch {
      // Another rule says that it is no JSON.
      return [];
    }
  });

export const tagsPermitted: Rule = {
  name: 'tags-permitted',
  title: 'EKS may put every tag that a node class or a load balancer asks for, or it makes neither.',
  breaches: (stacks) => {
    const allowed = stacks.flatMap((stack) =>
      resourcesOf(stack.template, 'AWS::EKS::Cluster').flatMap(({ properties }) =>
        allowedWithTags(stack, textOf(properties['RoleArn']).replace(/^<(.*)\.Arn>$/, '$1')),
      ),
    );
    return stacks.flatMap((stack) =>
      manifestObjects(stack).flatMap(({ logicalId, object }): Breach[] => {
        const denied = taggedActions(object).filter((action) => !allowed.includes(action));
        if (denied.length === 0) return [];
        const sentence = `${String(at(object, 'kind'))} asks for tags, and the role of the cluster may not ${denied.join(', ')} with them, so none is made; give the role the policy of lib/constructs/cluster/cluster-tagging.ts, or drop the tags`;
        return [{ stack, logicalId, sentence }];
      }),
    );
  },
};

import { autoModeTags, NODE_ACTIONS } from '../../testing/planted-resources.ts';
import { tagsPermitted } from '../tag-rules.ts';
import type { LawCases } from './rule-cases.ts';

export const tagLawCases: LawCases = {
  broken: [
    [
      tagsPermitted,
      'a load balancer with a tag that EKS may not put',
      autoModeTags('IngressClassParams', [{ key: 'team', value: 'shop' }]),
      /IngressClassParams asks for tags, .* elasticloadbalancing:CreateLoadBalancer/,
    ],
    [
      tagsPermitted,
      'nodes with a tag, where the role may put it on load balancers only',
      autoModeTags('NodeClass', { team: 'shop' }, ['elasticloadbalancing:CreateLoadBalancer']),
      /NodeClass asks for tags, .* ec2:RunInstances/,
    ],
    [
      tagsPermitted,
      'nodes with a tag, where the role may put none but those of EKS',
      autoModeTags('NodeClass', { team: 'shop' }, NODE_ACTIONS, {
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['eks:eks-cluster-name'] },
      }),
      /NodeClass asks for tags/,
    ],
  ],
  kept: [
    [
      tagsPermitted,
      'nodes with a tag that the role may put',
      autoModeTags('NodeClass', { team: 'shop' }, NODE_ACTIONS),
    ],
    [tagsPermitted, 'nodes without a tag', autoModeTags('NodeClass', {})],
  ],
};

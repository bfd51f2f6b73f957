/** Resources that break or keep a rule, as a template holds them. */
import type { Resource } from '../templates/template.ts';

/** Resources of a template, by logical id. */
export type Planted = Readonly<Record<string, Resource>>;

export const one = (Type: string, Properties: Record<string, unknown> = {}, more: Partial<Resource> = {}): Planted => ({
  It: { Type, Properties, ...more },
});
export const policy = (Statement: unknown) => one('AWS::IAM::Policy', { PolicyDocument: { Statement: [Statement] } });
export const chart = (...objects: unknown[]) =>
  one('Custom::AWSCDK-EKS-KubernetesResource', { Manifest: JSON.stringify(objects) });
export const pod = (image: string, env: unknown[] = []) => ({
  kind: 'Deployment',
  metadata: { name: 'x' },
  spec: { template: { spec: { containers: [{ image, env }] } } },
});
export const door = (settings: Record<string, string>) =>
  chart({
    kind: 'Ingress',
    metadata: {
      annotations: Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [`alb.ingress.kubernetes.io/${name}`, value]),
      ),
    },
  });
export const behindDoor = (admitted: string, ...believed: string[]) => behindDoors({ [admitted]: 8080 }, ...believed);
/** A pod with a door at 8080 that a policy opens to some ranges at some ports, and whom it believes. */
export const behindDoors = (admitted: Readonly<Record<string, number>>, ...believed: string[]) =>
  chart(
    { kind: 'Ingress' },
    { kind: 'Service', spec: { ports: [{ name: 'http', port: 8080 }] } },
    {
      kind: 'NetworkPolicy',
      spec: {
        ingress: Object.entries(admitted).map(([cidr, port]) => ({
          from: [{ ipBlock: { cidr } }, { podSelector: {} }],
          ports: [{ protocol: 'TCP', port }],
        })),
      },
    },
    pod(
      'x',
      believed.map((value) => ({ name: 'TRUSTED_PROXIES', value })),
    ),
  );
export const deadLetters = (Action: readonly string[]): Planted => ({
  It: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Failed', 'Arn'] } },
    },
  },
  Failed: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: key } },
  Policy: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: key }] },
    },
  },
  Alarm: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Failed', 'QueueName'] } }] },
  },
});
export const key = { 'Fn::GetAtt': ['Key', 'Arn'] };
export const tls = (Type: string, property: string): Planted => ({
  Policy: {
    Type,
    Properties: {
      [property]: { Ref: 'It' },
      PolicyDocument: { Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] },
    },
  },
});
export const alarm = (AlarmDescription: string, AlarmActions: unknown[] = [{ Ref: 'Topic' }]) =>
  one('AWS::CloudWatch::Alarm', { AlarmDescription, AlarmActions });

/** What EKS does with the tags of a node class. */
export const NODE_ACTIONS = [
  'ec2:CreateFleet',
  'ec2:RunInstances',
  'ec2:CreateLaunchTemplate',
  'ec2:CreateNetworkInterface',
];
/** A cluster with an object that asks for tags, and a role that may do these actions with them. */
export const autoModeTags = (kind: string, tags: unknown, Action: readonly string[] = [], more = {}): Planted => ({
  ...chart({ apiVersion: 'eks.amazonaws.com/v1', kind, spec: { tags } }),
  Cluster: { Type: 'AWS::EKS::Cluster', Properties: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  Policy: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action,
            Resource: '*',
            Condition: { StringEquals: { 'aws:RequestTag/eks:eks-cluster-name': 'x' }, ...more },
          },
        ],
      },
    },
  },
});

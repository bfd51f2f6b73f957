import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { deployedManifests } from './deployed-manifests.ts';

const object = (kind: string, name: string, image = 'none') => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, labels: { 'aws.cdk.eks/prune-c8': '', 'app.kubernetes.io/name': 'order' } },
  image,
});
const template = (manifest: unknown) => ({
  Resources: {
    orderABC: {
      Type: 'Custom::AWSCDK-EKS-KubernetesResource',
      Properties: { Manifest: manifest },
      Metadata: { 'aws:cdk:path': 'dev/Workloads/order/Resource/Default' },
    },
    Other: { Type: 'AWS::SQS::Queue' },
  },
});

test('objects are found under their service, without the label of the CDK', () => {
  const text = JSON.stringify([object('Service', 'order'), object('Service', 'order-grpc')]);
  const files = deployedManifests(new Map([['cloudmart-dev-workloads', template(text)]]));
  expect([...files.keys()]).toEqual(['order/service.yaml', 'order/service-grpc.yaml']);
  expect(parse(files.get('order/service.yaml') as string).metadata.labels).toEqual({
    'app.kubernetes.io/name': 'order',
  });
});

test('values that only the deployment knows are named', () => {
  const [before = '', after = ''] = JSON.stringify([object('Pod', 'order', '@')]).split('@');
  const join = (...pieces: unknown[]) => template({ 'Fn::Join': ['', [before, ...pieces, after]] });
  const imageOf = (...pieces: unknown[]) =>
    parse(deployedManifests(new Map([['x', join(...pieces)]])).get('order/pod.yaml') as string).image;
  expect(imageOf({ Ref: 'AWS::URLSuffix' }, '/order:1')).toBe(`\${AWS::URLSuffix}/order:1`);
  expect(imageOf({ 'Fn::GetStackOutput': { StackName: 'cloudmart-dev-cache', OutputName: 'Address' } })).toBe(
    `\${cloudmart-dev-cache.Address}`,
  );
  expect(imageOf({ 'Fn::GetAtt': ['Cluster', 'Arn'] })).toBe(`\${Fn::GetAtt:[Cluster,Arn]}`);
});

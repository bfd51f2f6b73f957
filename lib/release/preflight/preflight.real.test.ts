import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ACMClient, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { AllocateAddressCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreatePodIdentityAssociationCommand,
  EKSClient,
  ListPodIdentityAssociationsCommand,
  UpdatePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { freePort } from '../../../services/kit/testing/loopback.ts';
import { environmentNamed } from '../../environments.ts';
import { services as all } from '../../services.ts';
import { imageLabels } from '../registry/image-labels.ts';
import { type AwsPeer, startAwsPeer } from '../testing/aws-peer.ts';
import { type DnsPeer, startDnsPeer } from '../testing/dns-peer.ts';
import { type EcrPeer, peerImage, startEcrPeer } from '../testing/ecr-peer.ts';
import { healthyAccount, podTrust } from '../testing/healthy-account.ts';
import { preflight } from './preflight.ts';
import { expectedSecrets } from './preflight-secrets.ts';

// The emulator's own account; it knows no quotas and downloads no layer, which the peers of the ordinary tests do.
const ACCOUNT = '000000000000';
const TAG = 'a'.repeat(64);
const environment = { ...environmentNamed('staging'), account: ACCOUNT };
const services = all.filter(({ name }) => name === 'user');
const HOST = environment.publicDoor?.host ?? '';
const ROLE = 'cloudmart-staging-user';
const CLUSTER = 'cloudmart-staging';
const region = { region: environment.region };

let emulator: ChildProcess;
let ecr: EcrPeer;
let quotas: AwsPeer;
let dns: DnsPeer;

beforeAll(async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  emulator = spawn(process.env['REAL_MINISTACK'] ?? 'ministack', [], {
    env: { ...process.env, GATEWAY_PORT: `${port}`, BIND_HOST: '127.0.0.1' },
    stdio: 'ignore',
  });
  [ecr, quotas, dns] = await Promise.all([
    startEcrPeer(ACCOUNT),
    startAwsPeer(healthyAccount(ACCOUNT, environment, services)),
    startDnsPeer(),
  ]);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: quotas.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  await eventually(() => fetch(url, { signal: AbortSignal.timeout(1_000) }), { everyMs: 200 });
});

afterAll(async () => {
  const gone = once(emulator, 'exit');
  emulator.kill();
  await Promise.all([gone, ecr.close(), quotas.close(), dns.close()]);
});

const check = (account = ACCOUNT) =>
  preflight({
    environment: { ...environment, account },
    services,
    pods: services,
    callerRegion: undefined,
    resolver: dns.address,
    tagsOf: async () => ({ user: TAG }),
    progress: () => {},
  });
const codes = async () => (await check()).findings.map(({ code }) => code);

const secrets = new SecretsManagerClient(region);
const roleArn = `arn:aws:iam::${ACCOUNT}:role/${ROLE}`;

/** Makes in the emulator what a deployment would have made. */
const deploy = async () => {
  for (const { id } of expectedSecrets(environment, services))
    await secrets.send(new CreateSecretCommand({ Name: id, SecretString: 'qT7vZbN3wXcR9kLmPs4dHy6uJf2gWe8a' }));
  const eks = new EKSClient(region);
  await eks.send(new CreateClusterCommand({ name: CLUSTER, roleArn: `${roleArn}-cluster`, resourcesVpcConfig: {} }));
  await new IAMClient(region).send(
    new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: JSON.stringify(podTrust) }),
  );
  await eks.send(
    new CreatePodIdentityAssociationCommand({
      clusterName: CLUSTER,
      namespace: 'cloudmart',
      serviceAccount: 'user',
      roleArn,
    }),
  );
  await new ACMClient(region).send(new RequestCertificateCommand({ DomainName: HOST, ValidationMethod: 'DNS' }));
  const route53 = new Route53Client(region);
  const { HostedZone, DelegationSet } = await route53.send(
    new CreateHostedZoneCommand({ Name: environment.domain, CallerReference: 'test' }),
  );
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: HostedZone?.Id,
      ChangeBatch: {
        Changes: [
          {
            Action: 'CREATE',
            ResourceRecordSet: { Name: HOST, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: 'alb.example' }] },
          },
        ],
      },
    }),
  );
  dns.nameServers.set(environment.domain, DelegationSet?.NameServers ?? []);
  dns.hosts.set(HOST, '192.0.2.10');
  const labels = { [imageLabels.service]: 'user', [imageLabels.bundle]: TAG };
  ecr.repositories.set(`${CLUSTER}/user`, new Map([[TAG, peerImage(labels)]]));
  process.env['AWS_ENDPOINT_URL_ECR'] = ecr.url;
};

test('an empty account lacks everything, each thing by name, and one of another number is the wrong one', async () => {
  const missing = expectedSecrets(environment, services).map(() => 'secret-missing');
  const { findings, notChecked } = await check();
  expect(findings.map(({ code }) => code)).toEqual([
    'repository-missing',
    ...missing,
    'certificate-missing',
    'zone-missing',
  ]);
  expect(notChecked).toEqual([expect.stringMatching(/no cluster cloudmart-staging yet/)]);
  expect((await check('999900001111')).findings).toEqual([
    expect.objectContaining({ code: 'account-differs', problem: expect.stringMatching(/account 000000000000/) }),
  ]);
});

test('what a deployment makes passes, and each thing that is spoiled afterwards is found alone', async () => {
  await deploy();
  expect(await check()).toMatchObject({ findings: [], notChecked: [] });

  const SecretId = `${CLUSTER}/user/KEY_ENCRYPTION_SECRET`;
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: '<your-openai-assistant-id>' }));
  expect(await codes()).toEqual(['secret-placeholder']);
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'qT7vZbN3wXcR9kLmPs4dHy6uJf2gWe8a' }));

  const iam = new IAMClient(region);
  const trust = (document: object) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: ROLE, PolicyDocument: JSON.stringify(document) }));
  await trust({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  expect(await codes()).toEqual(['role-trust-differs']);
  await trust(podTrust);

  const eks = new EKSClient(region);
  const { associations = [] } = await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: CLUSTER }));
  const associate = (arn: string) =>
    eks.send(
      new UpdatePodIdentityAssociationCommand({
        clusterName: CLUSTER,
        associationId: associations[0]?.associationId,
        roleArn: arn,
      }),
    );
  await associate(`arn:aws:iam::${ACCOUNT}:role/cloudmart-staging-order`);
  expect(await codes()).toEqual(['identity-differs']);
  await associate(roleArn);

  quotas.holds.quotas.set('L-0263D0A3', 1);
  expect(await codes()).toEqual([]);
  await new EC2Client(region).send(new AllocateAddressCommand({ Domain: 'vpc' }));
  expect(await codes()).toEqual(['quota-too-small']);
});

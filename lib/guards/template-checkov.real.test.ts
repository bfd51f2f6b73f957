import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { byRuntime, consumedTopics, type ServiceManifest } from '../../services/kit/manifest.ts';
import { environments } from '../environments.ts';
import { services } from '../services.ts';
import { partOf } from '../testing/real-part.ts';
import { type CheckovFinding, type CheckovReport, runCheckov } from '../workloads/testing/run-checkov.ts';

/** What logical ids begin with for a service: CloudFormation takes letters and digits. */
const idOf = ({ name }: ServiceManifest): string => name.replaceAll('-', '');

/** Functions that AWS wakes with the records of topics. */
const polled = byRuntime(services)
  .function.filter((service) => consumedTopics(service).length > 0)
  .map(idOf);

/** Functions that AWS wakes with the changes of tables. */
const followers = byRuntime(services)
  .function.filter((service) => (service.follows ?? []).length > 0)
  .map(idOf);

/** Jobs on Managed Service for Apache Flink. */
const streamJobs = byRuntime(services).flink.map(idOf);

/** Services whose files CloudFront serves. */
const sites = byRuntime(services).site.map(idOf);
/** CDK's function that puts the files of a site into their bucket, where there is a site. */
const filesDeployers = sites.length > 0 ? ['CustomCDKBucketDeployment'] : [];

/** Every check of an entry is excepted for every resource of it whose name starts so. */
const exceptions: readonly { readonly checks: readonly string[]; readonly resources: readonly string[] }[] = [
  {
    // Concurrency, dead letters, network. CDK's functions behind custom resources are called by a deployment, which fails
    // when they fail; they run a few at a time, and speak with the APIs of AWS alone.
    checks: ['CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_117'],
    resources: [
      'AWS::Lambda::Function.AWS679f53fac002430cb0da5b7982bd2287',
      'AWS::Lambda::Function.AWSCDKTriggerCustomResourceProvider',
      'AWS::Lambda::Function.CustomS3AutoDeleteObjects',
      'AWS::Lambda::Function.CustomVpcRestrictDefaultSG',
      ...filesDeployers.map((name) => `AWS::Lambda::Function.${name}`),
    ],
  },
  {
    // The same for those that apply charts.
    checks: ['CKV_AWS_115', 'CKV_AWS_116'],
    resources: ['AWS::Lambda::Function.KubernetesClusterKubectlProvider'],
  },
  {
    // The deployment waits for the answer of this function, and fails with it.
    checks: ['CKV_AWS_116'],
    resources: ['AWS::Lambda::Function.OwnersFunction'],
  },
  {
    // Lambda encrypts variables with a key of its own, and the rule `no-secret` keeps secrets out of them.
    checks: ['CKV_AWS_173'],
    resources: [
      'AWS::Lambda::Function.KubernetesClusterKubectlProvider',
      'AWS::Lambda::Function.OwnersFunction',
      ...filesDeployers.map((name) => `AWS::Lambda::Function.${name}`),
      ...[...polled, ...followers].map((name) => `AWS::Lambda::Function.${name}Function`),
    ],
  },
  {
    // Its pollers are in the network of the brokers; the function itself speaks with the APIs of AWS alone.
    checks: ['CKV_AWS_117'],
    resources: polled.map((name) => `AWS::Lambda::Function.${name}Function`),
  },
  {
    // It speaks with APIs of AWS and of Google, both on the internet, and with nothing in the network.
    checks: ['CKV_AWS_117'],
    resources: followers.map((name) => `AWS::Lambda::Function.${name}Function`),
  },
  {
    // Network interfaces of a stream job in the network of the brokers, and the right to use them, cannot be named before they exist.
    checks: ['CKV_AWS_111', 'CKV_AWS_109'],
    resources: streamJobs.map((name) => `AWS::IAM::Policy.${name}RoleDefaultPolicy`),
  },
  {
    // Network interfaces of pollers cannot be named before they exist.
    checks: ['CKV_AWS_111'],
    resources: polled.map((name) => `AWS::IAM::Policy.${name}RoleDefaultPolicy`),
  },
  {
    // A serverless instance has no host to tune: Performance Insights shows its load, alarms watch its capacity, and a
    // list of processes every minute would be one more paid log.
    checks: ['CKV_AWS_118'],
    resources: ['AWS::RDS::DBInstance.DatabaseCluster'],
  },
  {
    // CloudWatch encrypts every log group with a key of its own; so the logs can be read when it is a key that is amiss.
    checks: ['CKV_AWS_158'],
    resources: ['AWS::Logs::LogGroup.'],
  },
  {
    // A bucket that logged its own reads would log the logging.
    checks: ['CKV_AWS_18'],
    resources: [
      'AWS::S3::Bucket.AccessLogsBucket',
      'AWS::S3::Bucket.DoorAccessLogsBucket',
      ...sites.map((name) => `AWS::S3::Bucket.${name}AccessLogsBucket`),
    ],
  },
  {
    // Files are the same for everybody; what is for the API passes the firewall of the load balancer behind it.
    checks: ['CKV_AWS_68'],
    resources: sites.map((name) => `AWS::CloudFront::Distribution.${name}Distribution`),
  },
  {
    // It tells CloudFront to forget old files; that right knows no distribution that is not made yet.
    checks: ['CKV_AWS_111'],
    resources: filesDeployers.map((name) => `AWS::IAM::Policy.${name}`),
  },
];
const excepted = exceptions.flatMap(({ checks, resources }) =>
  checks.flatMap((check) => resources.map((resource) => ({ check, resource }))),
);
const covers = (exception: (typeof excepted)[number], { check, resource }: CheckovFinding) =>
  exception.check === check && resource.startsWith(exception.resource);

let folder: string;
const reports = new Map<string, CheckovReport>();
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-checkov-'));
  for (const { name } of environments)
    reports.set(name, await runCheckov('cloudformation', path.join(partOf('REAL_ASSEMBLY'), `assembly-${name}`)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(environments.map(({ name }) => name))('checkov finds nothing in the templates of %s', (environment) => {
  const { findings, parsingErrors, files, passed } = reports.get(environment) as CheckovReport;
  expect(findings.filter((finding) => !excepted.some((exception) => covers(exception, finding)))).toEqual([]);
  expect(parsingErrors).toBe(0);
  expect(files.length).toBeGreaterThan(10);
  expect(passed).toBeGreaterThan(400);
});

test('every exception is still needed by some template', () => {
  const findings = [...reports.values()].flatMap((report) => report.findings);
  expect(excepted.filter((exception) => !findings.some((finding) => covers(exception, finding)))).toEqual([]);
});

test('a bucket that the public could open is found', async () => {
  const assembly = path.join(partOf('REAL_ASSEMBLY'), 'assembly-dev');
  const [file] = (await readdir(assembly)).filter((name) => /^devBucket.*\.template\.json$/.test(name));
  const text = await readFile(path.join(assembly, file as string), 'utf8');
  await writeFile(
    path.join(folder, 'broken.template.json'),
    text.replace('"BlockPublicPolicy": true', '"BlockPublicPolicy": false'),
  );
  const { findings } = await runCheckov('cloudformation', folder);
  expect(findings.map(({ check }) => check)).toContain('CKV_AWS_54');
});

/** Whether the account may hold what the environment can grow to. */
import { DescribeAddressesCommand, EC2Client, paginateDescribeVpcs, type Tag } from '@aws-sdk/client-ec2';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { runtimeOf, type ServiceManifest } from '../../../services/kit/manifest.ts';
import { type AwsQuestions, withClient } from '../../aws/ask-aws.ts';
import { FailedAnswer, type Finding } from '../../aws/finding.ts';
import type { Environment } from '../../environment/environment.ts';
import { platformTags } from '../../names.ts';
import type { PreflightCheck, PreflightContext } from './preflight-check.ts';

type Need = {
  readonly serviceCode: string;
  readonly quotaCode: string;
  /** Name of the quota as the console spells it. */
  readonly quota: string;
  /** Largest number that the environment uses at once. */
  readonly amount: number;
  /** Number that others in the same account and region use now. */
  readonly others: number;
};

/** Virtual CPUs of one node by its type: a large has 2, an xlarge 4, an Nxlarge 4 N. */
const cpusOf = (instanceType: string): number => {
  const [, times = '1', size] = /\.(\d*)(x?large)$/.exec(instanceType) ?? [];
  return size === 'xlarge' ? 4 * Number(times || '1') : 2;
};

const clusterCpus = ({ cluster: { compute, nodes } }: Environment): number =>
  compute === 'auto-mode' ? nodes.max * 4 : nodes.max * cpusOf(nodes.instanceType);

const isOwn = ({ name }: Environment, tags: readonly Tag[] = []) =>
  Object.entries(platformTags(name)).every(([key, value]) =>
    tags.some(({ Key, Value }) => Key === key && Value === value),
  );

/** Elastic addresses and VPCs of others: those without this environment's tags. */
const heldByOthers = (environment: Environment, aws: AwsQuestions) =>
  withClient(new EC2Client(aws.settings), async (client) => {
    const { Addresses = [] } = await client.send(new DescribeAddressesCommand({}), aws.deadline());
    const addresses = Addresses.filter(({ Tags }) => !isOwn(environment, Tags)).length;
    let vpcs = 0;
    for await (const page of paginateDescribeVpcs({ client }, {}, aws.deadline()))
      vpcs += (page.Vpcs ?? []).filter(({ Tags }) => !isOwn(environment, Tags)).length;
    return { addresses, vpcs };
  });

const needsOf = (
  environment: Environment,
  services: readonly ServiceManifest[],
  others: { readonly addresses: number; readonly vpcs: number },
): Need[] => {
  const functions = services.filter((service) => runtimeOf(service) === 'function');
  const cpus = { serviceCode: 'ec2', amount: clusterCpus(environment), others: 0 };
  return [
    environment.cluster.capacity === 'spot'
      ? { ...cpus, quotaCode: 'L-34B43A08', quota: 'All Standard Spot Instance Requests (vCPUs)' }
      : { ...cpus, quotaCode: 'L-1216C47A', quota: 'Running On-Demand Standard instances (vCPUs)' },
    {
      serviceCode: 'ec2',
      quotaCode: 'L-0263D0A3',
      quota: 'EC2-VPC Elastic IPs',
      amount: environment.network.natGateways,
      others: others.addresses,
    },
    { serviceCode: 'vpc', quotaCode: 'L-F678F1CE', quota: 'VPCs per Region', amount: 1, others: others.vpcs },
    {
      serviceCode: 'lambda',
      quotaCode: 'L-B99A9384',
      quota: 'Lambda concurrent executions',
      // One more, also in a shop without functions, reserves the function that makes the owners of databases.
      amount: functions.reduce((sum, { scaling }) => sum + scaling.max, 1),
      // AWS keeps 100 of them for functions that reserve none.
      others: 100,
    },
  ];
};

const limitOf = async (client: ServiceQuotasClient, { serviceCode, quotaCode, quota }: Need, aws: AwsQuestions) => {
  const asked = { ServiceCode: serviceCode, QuotaCode: quotaCode };
  // An account for which a quota was never changed may have no applied value.
  const { Quota } = await client.send(new GetServiceQuotaCommand(asked), aws.deadline()).catch((problem: Error) => {
    if (problem.name !== 'NoSuchResourceException') throw problem;
    return client.send(new GetAWSDefaultServiceQuotaCommand(asked), aws.deadline());
  });
  if (Quota?.Value === undefined) throw new FailedAnswer(`it names no value of ${quota} (${quotaCode})`);
  return Quota.Value;
};

/** Service Quotas and EC2: processors, elastic addresses, VPCs and concurrent functions. Instances of others are not counted. */
export const quotaCheck: PreflightCheck = {
  name: 'quotas',
  asks: 'Service Quotas or EC2',
  run: async ({ environment, services, aws }: PreflightContext) => {
    const needs = needsOf(environment, services, await heldByOthers(environment, aws));
    const findings: Finding[] = [];
    await withClient(new ServiceQuotasClient(aws.settings), async (client) => {
      for (const need of needs) {
        const limit = await limitOf(client, need, aws);
        const wanted = need.amount + need.others;
        if (limit >= wanted) continue;
        findings.push({
          code: 'quota-too-small',
          problem: `"${need.quota}" allows ${limit} in ${environment.region}, but ${environment.name} uses up to ${need.amount}${need.others > 0 ? ` beside ${need.others} of others` : ''}; ask for more`,
          command: `aws service-quotas request-service-quota-increase --region ${environment.region} --service-code ${need.serviceCode} --quota-code ${need.quotaCode} --desired-value ${wanted}`,
        });
      }
    });
    return { summary: `${needs.length} quotas`, findings };
  },
};

/** Whether customers can find the shop: a certificate that counts, a zone that the world is sent to, a name in it. */
import { Resolver } from 'node:dns/promises';
import {
  ACMClient,
  type CertificateDetail,
  DescribeCertificateCommand,
  paginateListCertificates,
} from '@aws-sdk/client-acm';
import {
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { withClient } from '../../aws/ask-aws.ts';
import type { CheckOutcome, Finding } from '../../aws/finding.ts';
import { stackName } from '../../names.ts';
import type { PreflightCheck, PreflightContext } from './preflight-check.ts';

/** ACM renews a certificate 60 days before its end; one that is this near to it was not renewed. */
const LEAST_DAYS_LEFT = 14;

const certificatesOf = (host: string, { aws }: PreflightContext) =>
  withClient(new ACMClient(aws.settings), async (client) => {
    const arns: string[] = [];
    for await (const { CertificateSummaryList = [] } of paginateListCertificates({ client }, {}, aws.deadline()))
      for (const { DomainName, CertificateArn } of CertificateSummaryList)
        if (DomainName === host && CertificateArn) arns.push(CertificateArn);
    const found: CertificateDetail[] = [];
    for (const CertificateArn of arns) {
      const { Certificate } = await client.send(new DescribeCertificateCommand({ CertificateArn }), aws.deadline());
      if (Certificate) found.push(Certificate);
    }
    return found;
  });

const daysLeft = ({ NotAfter }: CertificateDetail) =>
  NotAfter ? (NotAfter.getTime() - Date.now()) / 86_400_000 : Number.POSITIVE_INFINITY;

const certificateFindings = (
  host: string,
  certificates: readonly CertificateDetail[],
  { environment: { name, region, domain } }: PreflightContext,
): Finding[] => {
  const issued = certificates.filter(({ Status }) => Status === 'ISSUED');
  if (issued.some((certificate) => daysLeft(certificate) >= LEAST_DAYS_LEFT)) return [];
  const [expiring] = issued;
  if (expiring)
    return [
      {
        code: 'certificate-unusable',
        problem: `the certificate of ${host} ends on ${expiring.NotAfter?.toISOString().slice(0, 10)} and ACM has not renewed it; check that its validation record is still in the zone`,
        command: `aws acm describe-certificate --region ${region} --certificate-arn ${expiring.CertificateArn} --query Certificate.RenewalSummary`,
      },
    ];
  const [first] = certificates;
  if (!first)
    return [
      {
        code: 'certificate-missing',
        problem: `ACM in ${region} has no certificate for ${host}; the domain stack makes it`,
        command: `npx cdk deploy '${name}/Domain'`,
      },
    ];
  if (first.Status === 'PENDING_VALIDATION')
    return [
      {
        code: 'certificate-pending',
        problem: `the certificate of ${host} waits for its validation record to be seen; delegate ${domain} to the name servers of its zone, then wait a few minutes`,
        command: `aws acm wait certificate-validated --region ${region} --certificate-arn ${first.CertificateArn}`,
      },
    ];
  return [
    {
      code: 'certificate-unusable',
      problem: `the certificate of ${host} is ${first.Status}${first.FailureReason ? ` (${first.FailureReason})` : ''} and not ISSUED; delete it and let the domain stack make another`,
      command: `aws acm delete-certificate --region ${region} --certificate-arn ${first.CertificateArn} && npx cdk deploy '${name}/Domain' --revert-drift`,
    },
  ];
};

/** ACM: the public door has a certificate that is issued and does not end soon. */
export const certificateCheck: PreflightCheck = {
  name: 'certificate',
  asks: 'ACM',
  run: async (context): Promise<CheckOutcome> => {
    const host = context.environment.publicDoor?.host;
    if (!host) return { summary: `${context.environment.name} has no public door, so it needs none`, findings: [] };
    return { summary: host, findings: certificateFindings(host, await certificatesOf(host, context), context) };
  },
};

const withoutDot = (name: string) => name.toLowerCase().replace(/\.$/, '');

type Zone = { readonly id: string; readonly nameServers: readonly string[] };

const zonesOf = async (client: Route53Client, { environment: { domain }, aws }: PreflightContext): Promise<Zone[]> => {
  const { HostedZones = [] } = await client.send(
    new ListHostedZonesByNameCommand({ DNSName: domain, MaxItems: 10 }),
    aws.deadline(),
  );
  const ids = HostedZones.filter(({ Name, Config }) => withoutDot(Name ?? '') === domain && !Config?.PrivateZone);
  const zones: Zone[] = [];
  for (const { Id = '' } of ids) {
    const { DelegationSet } = await client.send(new GetHostedZoneCommand({ Id }), aws.deadline());
    zones.push({ id: Id.replace('/hostedzone/', ''), nameServers: (DelegationSet?.NameServers ?? []).map(withoutDot) });
  }
  return zones;
};

// What a resolver says about a name that is not there; anything else says nothing about the name.
const ABSENT = ['ENOTFOUND', 'ENODATA'];

const resolverOf = ({ resolver: server }: PreflightContext) => {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  if (server) resolver.setServers([server]);
  const askedOr = async <T>(question: Promise<T[]>): Promise<T[]> =>
    question.catch((problem: NodeJS.ErrnoException) => {
      if (ABSENT.includes(problem.code ?? '')) return [];
      throw problem;
    });
  return {
    nameServers: (domain: string) => askedOr(resolver.resolveNs(domain)),
    addresses: async (host: string) => [
      ...(await askedOr(resolver.resolve4(host))),
      ...(await askedOr(resolver.resolve6(host))),
    ],
  };
};

const hasRecord = async (client: Route53Client, zone: Zone, host: string, { aws }: PreflightContext) => {
  const { ResourceRecordSets = [] } = await client.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zone.id, StartRecordName: host, MaxItems: 1 }),
    aws.deadline(),
  );
  return ResourceRecordSets.some(({ Name }) => withoutDot(Name ?? '') === host);
};

const delegationFindings = async (client: Route53Client, zones: readonly Zone[], context: PreflightContext) => {
  const { domain, name, publicDoor } = context.environment;
  const { nameServers, addresses } = resolverOf(context);
  const delegated = (await nameServers(domain)).map(withoutDot);
  const zone = zones.find(({ nameServers: own }) => own.some((server) => delegated.includes(server)));
  if (!zone)
    return {
      findings: [
        {
          code: 'zone-not-delegated',
          problem: `${domain} is ${delegated.length === 0 ? 'delegated to nobody' : `delegated to ${delegated.join(', ')}`}; delegate it to ${zones.map(({ nameServers: own }) => own.join(', ')).join(', or to ')} at the parent zone`,
          command: `aws route53 get-hosted-zone --id ${zones[0]?.id} --query DelegationSet.NameServers`,
        } satisfies Finding,
      ],
    };
  if (!publicDoor) return { findings: [] };
  const { host } = publicDoor;
  if (!(await hasRecord(client, zone, host, context)))
    return { findings: [], notChecked: [`${host} is not in the zone yet and comes with this deployment`] };
  if ((await addresses(host)).length > 0) return { findings: [] };
  return {
    findings: [
      {
        code: 'name-unresolved',
        problem: `${host} is in the zone but leads to no address; the load balancer that it names is gone`,
        command: `npx cdk deploy '${name}/PublicName' --exclusively --parameters ${stackName(name, 'PublicName')}:Release=$(date +%s)`,
      } satisfies Finding,
    ],
  };
};

/** Route 53 and DNS: the zone exists, the world is sent to it, and the shop's name leads somewhere. */
export const domainCheck: PreflightCheck = {
  name: 'domain',
  asks: 'Route 53',
  run: (context): Promise<CheckOutcome> =>
    withClient(new Route53Client(context.aws.settings), async (client) => {
      const { domain, name } = context.environment;
      const zones = await zonesOf(client, context);
      if (zones.length === 0)
        return {
          summary: domain,
          findings: [
            {
              code: 'zone-missing',
              problem: `Route 53 has no public zone ${domain}; the domain stack makes it`,
              command: `npx cdk deploy '${name}/Domain'`,
            },
          ],
        };
      try {
        return { summary: domain, ...(await delegationFindings(client, zones, context)) };
      } catch (problem) {
        const { syscall, code } = problem as NodeJS.ErrnoException;
        if (!syscall?.startsWith('query')) throw problem;
        return {
          summary: domain,
          findings: [
            {
              code: 'dns-unreachable',
              problem: `no DNS server says where ${domain} leads (${code}); check the network, or name a server`,
              command: `npx cloudmart preflight --environment ${name} --resolver 9.9.9.9`,
            },
          ],
        };
      }
    }),
};

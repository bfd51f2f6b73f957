/** The answers of the peer, in the protocol that each service of AWS speaks: JSON, query with XML, REST with either. */
import type { PeerAccount } from './aws-peer.ts';
import { EXPIRED_KEY } from './ecr-peer.ts';

/** Value of every quota that was never changed. */
const DEFAULT_QUOTA = 1000;

export type PeerAnswer = { readonly status: number; readonly type: string; readonly text: string };
export type PeerQuestion = {
  readonly service: string;
  readonly key: string;
  readonly url: URL;
  readonly target: string;
  readonly body: string;
};

const json = (value: object, status = 200): PeerAnswer => ({
  status,
  type: 'application/x-amz-json-1.1',
  text: JSON.stringify(value),
});
const xml = (text: string, status = 200): PeerAnswer => ({ status, type: 'text/xml', text });
const refusal = (code: string, message = code) => json({ __type: code, message }, 400);
const queryRefusal = (code: string, message: string, status: number) =>
  xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    status,
  );

const sts = ({ account }: PeerAccount) =>
  xml(
    `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/a</Arn><UserId>AID</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  );

const iam = ({ roles }: PeerAccount, form: URLSearchParams) => {
  const name = form.get('RoleName') ?? '';
  const trust = roles.get(name);
  if (!trust) return queryRefusal('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
  return xml(
    `<GetRoleResponse><GetRoleResult><Role><RoleName>${name}</RoleName><AssumeRolePolicyDocument>${encodeURIComponent(JSON.stringify(trust))}</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>`,
  );
};

const tagSets = (all: readonly Readonly<Record<string, string>>[]) =>
  all
    .map((tags) => {
      const items = Object.entries(tags).map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`);
      return `<item><tagSet>${items.join('')}</tagSet></item>`;
    })
    .join('');

const ec2 = ({ addresses, vpcs }: PeerAccount, form: URLSearchParams) =>
  form.get('Action') === 'DescribeAddresses'
    ? xml(`<DescribeAddressesResponse><addressesSet>${tagSets(addresses)}</addressesSet></DescribeAddressesResponse>`)
    : xml(`<DescribeVpcsResponse><vpcSet>${tagSets(vpcs)}</vpcSet></DescribeVpcsResponse>`);

const eks = ({ associations }: PeerAccount, { pathname }: URL) => {
  const [, clusterName, id] = /^\/clusters\/([^/]+)\/pod-identity-associations\/?(.*)$/.exec(pathname) ?? [];
  if (!associations)
    return json({ __type: 'ResourceNotFoundException', message: `No cluster found for name: ${clusterName}.` }, 404);
  if (id) return json({ association: { associationId: id, roleArn: associations.get(id.replace('a-', '')) } });
  return json({
    associations: [...associations.keys()].map((serviceAccount) => ({
      associationId: `a-${serviceAccount}`,
      serviceAccount,
    })),
  });
};

const secretsManager = ({ secrets }: PeerAccount, operation: string, { SecretId }: { SecretId: string }) => {
  const secret = secrets.get(SecretId);
  if (!secret) return refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  if (operation === 'GetSecretValue') return json({ Name: SecretId, SecretString: secret.value });
  return json({
    Name: SecretId,
    VersionIdsToStages: secret.value === undefined ? {} : { v1: ['AWSCURRENT'] },
    ...(secret.deleted && { DeletedDate: Math.floor(Date.now() / 1000) }),
  });
};

const acm = ({ certificates }: PeerAccount, operation: string, { CertificateArn }: { CertificateArn?: string }) => {
  const all = certificates.map(({ host, status, reason, daysLeft = 200 }, at) => ({
    CertificateArn: `arn:aws:acm:us-east-1:1:certificate/${at}`,
    DomainName: host,
    Status: status,
    FailureReason: reason,
    ...(status === 'ISSUED' && { NotAfter: Date.now() / 1000 + daysLeft * 86_400 }),
  }));
  if (operation === 'ListCertificates') return json({ CertificateSummaryList: all });
  return json({ Certificate: all.find((one) => one.CertificateArn === CertificateArn) });
};

const quota = ({ quotas }: PeerAccount, operation: string, { QuotaCode }: { QuotaCode: string }) => {
  const value = quotas.get(QuotaCode);
  if (operation === 'GetAWSDefaultServiceQuota') return json({ Quota: { Value: DEFAULT_QUOTA } });
  return value === undefined ? refusal('NoSuchResourceException') : json({ Quota: { Value: value } });
};

const route53 = ({ zones }: PeerAccount, { pathname, searchParams }: URL) => {
  const [, id, records] = /\/hostedzone\/([^/]+)(\/rrset)?/.exec(pathname) ?? [];
  const element = ({ id: zone, name }: { id: string; name: string }) =>
    `<HostedZone><Id>/hostedzone/${zone}</Id><Name>${name}.</Name><CallerReference>x</CallerReference><Config><PrivateZone>false</PrivateZone></Config></HostedZone>`;
  if (!id)
    return xml(
      `<ListHostedZonesByNameResponse><HostedZones>${zones.map(element).join('')}</HostedZones><IsTruncated>false</IsTruncated><MaxItems>10</MaxItems></ListHostedZonesByNameResponse>`,
    );
  const zone = zones.find((one) => one.id === id);
  if (!zone) return queryRefusal('NoSuchHostedZone', id, 404);
  if (!records) {
    const servers = zone.nameServers.map((server) => `<NameServer>${server}</NameServer>`).join('');
    return xml(
      `<GetHostedZoneResponse>${element(zone)}<DelegationSet><NameServers>${servers}</NameServers></DelegationSet></GetHostedZoneResponse>`,
    );
  }
  // Route 53 answers with the names from the given one on.
  const from = zone.records.filter((name) => name >= (searchParams.get('name') ?? '')).slice(0, 1);
  const sets = from.map((name) => `<ResourceRecordSet><Name>${name}.</Name><Type>CNAME</Type></ResourceRecordSet>`);
  return xml(
    `<ListResourceRecordSetsResponse><ResourceRecordSets>${sets.join('')}</ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>1</MaxItems></ListResourceRecordSetsResponse>`,
  );
};

const bedrock = ({ agents }: PeerAccount, { pathname }: URL) => {
  const [, agentId = '', agentAliasId] = /^\/agents\/([^/]+)(?:\/agentaliases\/([^/]+))?\/?$/.exec(pathname) ?? [];
  const status = agents.get(agentAliasId === undefined ? agentId : `${agentId}/${agentAliasId}`);
  if (status === undefined)
    return json({ __type: 'ResourceNotFoundException', message: 'Failed to retrieve it.' }, 404);
  return agentAliasId === undefined
    ? json({ agent: { agentId, agentStatus: status } })
    : json({ agentAlias: { agentId, agentAliasId, agentAliasStatus: status } });
};

/** The operation that is asked, and the answer to it. */
export const answerOf = (
  account: PeerAccount,
  { service, key, url, target, body }: PeerQuestion,
): { operation: string; answer: PeerAnswer } => {
  const form = new URLSearchParams(body);
  const isJson = ['secretsmanager', 'acm', 'servicequotas'].includes(service);
  const operation = isJson ? (target.split('.').at(-1) ?? '') : (form.get('Action') ?? url.pathname);
  const input = isJson ? JSON.parse(body || '{}') : {};
  if (key === EXPIRED_KEY)
    return {
      operation,
      answer: queryRefusal('ExpiredToken', 'The security token included in the request is expired', 403),
    };
  const answers: Readonly<Record<string, () => PeerAnswer>> = {
    sts: () => sts(account),
    iam: () => iam(account, form),
    ec2: () => ec2(account, form),
    eks: () => eks(account, url),
    secretsmanager: () => secretsManager(account, operation, input),
    acm: () => acm(account, operation, input),
    servicequotas: () => quota(account, operation, input),
    route53: () => route53(account, url),
    bedrock: () => bedrock(account, url),
  };
  return { operation, answer: answers[service]?.() ?? json({ message: `the peer knows no ${service}` }, 404) };
};

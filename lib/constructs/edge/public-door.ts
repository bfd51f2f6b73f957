import { ArnFormat, Duration, RemovalPolicy, type SecretValue, Stack } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { proofHeader, viewerHeader } from '../../../services/kit/values/viewer-headers.ts';
import type { Environment } from '../../environment/environment.ts';
import { firewallLogGroup } from '../../names.ts';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';
import { ObjectBucket } from '../stores/object-bucket.ts';

export type PublicDoorProps = NonNullable<Environment['publicDoor']> & {
  /** Name of the web ACL, and part of the name of its log group. */
  readonly name: string;
  /** Zone in which the certificate is validated. */
  readonly zone: IHostedZone;
  /** Secret with which the shop's content delivery network vouches for the addresses of viewers; default nobody does. */
  readonly proof: SecretValue | undefined;
  readonly alerts: AlertTopics;
  readonly retained: boolean;
  /** Beginnings of paths that take bodies above 8 KiB. */
  readonly largeBodies: readonly string[];
};

/** Rule groups that AWS keeps current, in the order in which they are asked. */
const MANAGED_RULES = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
];

/**
 * Refuses bodies above 8 KiB, of which the firewall of a load balancer sees the beginning only, but on paths where a service limits them itself.
 * The managed rule only labels them. Source: AWS WAF developer guide, "Baseline rule groups", SizeRestrictions_BODY.
 */
const largeBody = (paths: readonly string[]): CfnWebACL.StatementProperty => {
  const label = {
    labelMatchStatement: { scope: 'LABEL', key: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body' },
  };
  const elsewhere = paths.map((searchString) => ({
    notStatement: {
      statement: {
        byteMatchStatement: {
          searchString,
          fieldToMatch: { uriPath: {} },
          positionalConstraint: 'STARTS_WITH',
          textTransformations: [{ priority: 0, type: 'NONE' }],
        },
      },
    },
  }));
  return elsewhere.length > 0 ? { andStatement: { statements: [label, ...elsewhere] } } : label;
};

const vouchedFor = (proof: SecretValue): CfnWebACL.StatementProperty => ({
  byteMatchStatement: {
    // CloudFormation looks the value up when it deploys; the template holds a reference.
    searchString: proof.unsafeUnwrap(),
    fieldToMatch: { singleHeader: { Name: proofHeader } },
    positionalConstraint: 'EXACTLY',
    textTransformations: [{ priority: 0, type: 'NONE' }],
  },
});

/**
 * What counts requests: by the address that the load balancer sees, and by the viewer's where the shop's own content delivery network
 * vouches for it. That network calls from few addresses, which would otherwise be refused with all the shop's customers behind them.
 */
const rateLimits = (limit: number, proof: SecretValue | undefined) => {
  const counted = { limit, evaluationWindowSec: 300 };
  if (!proof) return [{ name: 'too-many-requests', statement: { ...counted, aggregateKeyType: 'IP' } }];
  return [
    {
      name: 'too-many-requests',
      statement: {
        ...counted,
        aggregateKeyType: 'IP',
        scopeDownStatement: { notStatement: { statement: vouchedFor(proof) } },
      },
    },
    {
      name: 'too-many-requests-of-viewer',
      statement: {
        ...counted,
        aggregateKeyType: 'CUSTOM_KEYS',
        customKeys: [{ header: { name: viewerHeader, textTransformations: [{ priority: 0, type: 'NONE' }] } }],
        scopeDownStatement: vouchedFor(proof),
      },
    },
  ];
};

/** What the load balancer of the public door needs before Kubernetes makes it: certificate, web firewall, bucket for access logs. */
export class PublicDoor extends Construct {
  readonly certificateArn: string;
  readonly webAclArn: string;
  readonly accessLogs: ObjectBucket;

  constructor(scope: Construct, id: string, props: PublicDoorProps) {
    super(scope, id);
    const certificate = new Certificate(this, 'Certificate', {
      domainName: props.host,
      validation: CertificateValidation.fromDns(props.zone),
    });
    this.certificateArn = certificate.certificateArn;
    new OwnedAlarm(this, 'CertificateEnds', {
      alerts: props.alerts,
      severity: 'page',
      owner: 'platform',
      runbook: 'certificate-ends',
      meaning: `The certificate of ${props.host} ends in less than 30 days; ACM renews it 60 days before, and has not.`,
      metric: certificate.metricDaysToExpiry({ period: Duration.days(1) }),
      threshold: 30,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.accessLogs = new ObjectBucket(this, 'AccessLogs', {
      expireAfterDays: props.accessLogDays,
      retained: props.retained,
    });
    // The only principal that delivers access logs of load balancers in every region opened since 2022, and in the older ones too. It writes
    // below the number of the account whose load balancer it is, so those of other accounts are refused.
    this.accessLogs.bucket.grantPut(
      new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com'),
      `AWSLogs/${Stack.of(this).account}/*`,
    );
    this.webAclArn = this.firewall(props).attrArn;
  }

  private firewall({
    name,
    requestsPerFiveMinutes,
    accessLogDays,
    proof,
    proofRound,
    alerts,
    largeBodies,
  }: PublicDoorProps) {
    const limits = rateLimits(requestsPerFiveMinutes, proof);
    const visibility = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
      metricName,
    });
    const acl = new CfnWebACL(this, 'Firewall', {
      name,
      // A change here makes CloudFormation look the proof up anew.
      description: `Before the public door, proof ${proofRound}`,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibility(name),
      rules: [
        ...limits.map((limit, index) => ({
          name: limit.name,
          priority: index,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: { rateBasedStatement: limit.statement },
          visibilityConfig: visibility(limit.name),
        })),
        ...MANAGED_RULES.map((group, index) => ({
          name: group,
          priority: limits.length + index,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: {
              vendorName: 'AWS',
              name: group,
              ...(group === 'AWSManagedRulesCommonRuleSet' && {
                ruleActionOverrides: [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }],
              }),
            },
          },
          visibilityConfig: visibility(group),
        })),
        {
          name: 'body-too-large',
          priority: limits.length + MANAGED_RULES.length,
          action: { block: {} },
          statement: largeBody(largeBodies),
          visibilityConfig: visibility('body-too-large'),
        },
      ],
    });
    const logs = new LogGroup(this, 'FirewallLogs', {
      logGroupName: firewallLogGroup(name),
      retention: accessLogDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new CfnLoggingConfiguration(this, 'FirewallLogging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: logs.logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      redactedFields: ['authorization', 'cookie', 'x-session-id', proofHeader].map((header) => ({
        singleHeader: { Name: header },
      })),
    });
    new OwnedAlarm(this, 'BlockedRequests', {
      alerts,
      severity: 'ticket',
      owner: 'platform',
      runbook: 'firewall-blocks',
      meaning:
        'The web firewall has blocked more than 5,000 requests in 5 minutes: an attack, or a rule that hits customers.',
      metric: new Metric({
        namespace: 'AWS/WAFV2',
        metricName: 'BlockedRequests',
        statistic: 'Sum',
        period: Duration.minutes(5),
        dimensionsMap: { WebACL: name, Region: Stack.of(this).region, Rule: 'ALL' },
      }),
      threshold: 5000,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    return acl;
  }
}

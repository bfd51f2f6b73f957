import { Duration, type SecretValue } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  FunctionCode as EdgeCode,
  Function as EdgeFunction,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { CnameRecord, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { proofHeader, viewerHeader } from '../../../services/kit/values/viewer-headers.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import type { FunctionCode } from '../events/event-function.ts';
import { type AlertTopics, OwnedAlarm } from '../owned-alarm.ts';
import { ObjectBucket } from '../stores/object-bucket.ts';

export type StaticSiteProps = {
  /** Service that answers the alarms. */
  readonly owner: string;
  /** Host name of the site, under the zone. */
  readonly host: string;
  readonly zone: IHostedZone;
  /** Host that answers `/api/*`, so that browsers see one origin. */
  readonly apiHost: string;
  /** What the public door holds as `CDN_PROOF`, so that it believes which viewer a request came from; default it cannot tell. */
  readonly proof?: SecretValue | undefined;
  /** Number of the proof's value, raised when it was rotated. */
  readonly proofRound: number;
  /** Folder of files. */
  readonly code: FunctionCode;
  /** What pages read at `/config.json`, so that the same files serve every environment. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What pages may load from where. */
  readonly contentSecurityPolicy: string;
  readonly alerts: AlertTopics;
  readonly retained: boolean;
};

/** Files for browsers behind CloudFront, with the API under the same origin. Must live in us-east-1, where CloudFront reads certificates. */
export class StaticSite extends Construct {
  readonly files: Bucket;

  constructor(scope: Construct, id: string, props: StaticSiteProps) {
    super(scope, id);
    const accessLogs = new ObjectBucket(this, 'AccessLogs', {
      expireAfterDays: 90,
      retained: props.retained,
      writtenByAcl: true,
    }).bucket;
    // Made anew from the code by every deployment, so S3's own key is enough, and CloudFront needs no grant on another.
    this.files = new ObjectBucket(this, 'Files', { accessLogs, retained: false }).bucket;
    acknowledge(this.files, 'Every deployment brings all files again.', 'Rules::state-retained');
    const distribution = new Distribution(this, 'Distribution', {
      // A change here makes CloudFormation look the proof up anew.
      comment: `${props.host}, proof ${props.proofRound}`,
      domainNames: [props.host],
      certificate: new Certificate(this, 'Certificate', {
        domainName: props.host,
        validation: CertificateValidation.fromDns(props.zone),
      }),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultRootObject: 'index.html',
      enableLogging: true,
      logBucket: accessLogs,
      logFilePrefix: 'cloudfront/',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.files),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.securityHeaders(props.contentSecurityPolicy),
        compress: true,
        functionAssociations: [{ function: this.pages(), eventType: FunctionEventType.VIEWER_REQUEST }],
      },
      additionalBehaviors: {
        '/api/*': {
          origin: new HttpOrigin(props.apiHost, {
            protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
            // CloudFormation looks the value up when it deploys; the template holds a reference.
            ...(props.proof && { customHeaders: { [proofHeader]: props.proof.unsafeUnwrap() } }),
          }),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          functionAssociations: [{ function: this.viewerAddress(), eventType: FunctionEventType.VIEWER_REQUEST }],
        },
      },
    });
    acknowledge(distribution, 'The shop sells everywhere.', 'AwsSolutions-CFR1');
    acknowledge(
      distribution,
      'Files hold no secret and take no input; the firewall stands before the API.',
      'AwsSolutions-CFR2',
    );
    const sources = [Source.asset(props.code.folder, { assetHash: props.code.hash })];
    const destinationBucket = this.files;
    // Named by their content, and those of earlier pages stay for those who still have such a page open.
    const named = new BucketDeployment(this, 'NamedFiles', {
      sources,
      destinationBucket,
      exclude: ['*'],
      include: ['assets/*'],
      prune: false,
      cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    });
    const upload = new BucketDeployment(this, 'Upload', {
      sources,
      destinationBucket,
      exclude: ['assets/*'],
      distribution,
      distributionPaths: ['/index.html'],
      prune: false,
      cacheControl: [CacheControl.noCache()],
    });
    // No page names a file that is not there yet.
    upload.node.addDependency(named);
    const config = new BucketDeployment(this, 'Config', {
      sources: [Source.jsonData('config.json', props.config)],
      destinationBucket: this.files,
      distribution,
      distributionPaths: ['/config.json'],
      prune: false,
      // A page that starts after a deployment must not work with the values of the one before.
      cacheControl: [CacheControl.noCache()],
    });
    // The platform's file wins over one that a build may have left in the folder.
    config.node.addDependency(upload);
    new CnameRecord(this, 'Name', {
      zone: props.zone,
      recordName: `${props.host}.`,
      domainName: distribution.distributionDomainName,
    });
    new OwnedAlarm(this, 'Failing', {
      alerts: props.alerts,
      severity: 'page',
      owner: props.owner,
      runbook: 'site-errors',
      meaning: `More than 5 % of the answers of ${props.host} are errors of the server.`,
      metric: new Metric({
        namespace: 'AWS/CloudFront',
        metricName: '5xxErrorRate',
        statistic: 'Average',
        period: Duration.minutes(5),
        dimensionsMap: { DistributionId: distribution.distributionId, Region: 'Global' },
      }),
      threshold: 5,
      evaluationPeriods: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /**
   * The page itself knows its paths: one that names no file is the page. Not by an answer to errors, which CloudFront would give for the
   * API's refusals as well.
   */
  private pages() {
    return new EdgeFunction(this, 'Pages', {
      comment: 'Paths that name no file are the page',
      runtime: FunctionRuntime.JS_2_0,
      code: EdgeCode.fromInline(
        "function handler(event) { var request = event.request; if (!/\\.[^/]+$/.test(request.uri)) request.uri = '/index.html'; return request; }",
      ),
    });
  }

  /** The load balancer sees an address of CloudFront. Whatever a viewer puts into the header is replaced. */
  private viewerAddress() {
    return new EdgeFunction(this, 'ViewerAddress', {
      comment: 'Tells the API from which address the viewer came',
      runtime: FunctionRuntime.JS_2_0,
      code: EdgeCode.fromInline(
        `function handler(event) { event.request.headers['${viewerHeader}'] = { value: event.viewer.ip }; return event.request; }`,
      ),
    });
  }

  private securityHeaders(contentSecurityPolicy: string) {
    return new ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          override: true,
          contentSecurityPolicy,
        },
        contentTypeOptions: { override: true },
        frameOptions: { override: true, frameOption: HeadersFrameOption.DENY },
        referrerPolicy: { override: true, referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN },
        strictTransportSecurity: { override: true, accessControlMaxAge: Duration.days(365), includeSubdomains: true },
      },
    });
  }
}

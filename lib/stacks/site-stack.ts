import type { SecretValue } from 'aws-cdk-lib';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { StaticSite } from '../constructs/edge/static-site.ts';
import type { FunctionCode } from '../constructs/events/event-function.ts';
import { limitLogs } from '../constructs/log-retention.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import type { Environment } from '../environment/environment.ts';
import { acknowledge, acknowledgeManagedPolicies } from '../guards/acknowledge.ts';
import { siteHost } from '../names.ts';
import { contentSecurityPolicyOf, siteConfigOf, type ToldValues } from '../variables/site-config.ts';
import { PlatformStack } from './platform-stack.ts';

export type SiteStackProps = {
  readonly environment: Environment;
  /** Manifests of services that are files for browsers. */
  readonly sites: readonly ServiceManifest[];
  readonly zone: IHostedZone;
  readonly publicDoor: NonNullable<Environment['publicDoor']>;
  /** Secret by which the public door knows requests of these sites. */
  readonly proof: SecretValue | undefined;
  /** Origin of a bucket of that name, where pages upload to it. */
  readonly uploadOriginOf: (bucket: string) => string;
  readonly codeOf: (service: ServiceManifest) => FunctionCode;
  /** What the pages of a site are told of other services. */
  readonly toldTo: (service: ServiceManifest) => ToldValues;
  readonly alerts: AlertTopics;
};

export class SiteStack extends PlatformStack {
  constructor(
    scope: Construct,
    id: string,
    { environment, sites, zone, publicDoor, proof, uploadOriginOf, codeOf, toldTo, alerts }: SiteStackProps,
  ) {
    super(scope, id, { environment, description: 'Files for browsers, delivered by CloudFront' });
    if (environment.region !== 'us-east-1')
      throw new Error(
        `lib/environments.ts: ${environment.name}.region: ${environment.region} cannot hold certificates for CloudFront; deploy sites in us-east-1`,
      );
    for (const service of sites) {
      const config = siteConfigOf(environment.name, toldTo(service));
      new StaticSite(this, service.name, {
        owner: service.name,
        host: siteHost(environment.domain, service.name),
        zone,
        apiHost: publicDoor.host,
        proof,
        proofRound: publicDoor.proofRound,
        code: codeOf(service),
        config,
        contentSecurityPolicy: contentSecurityPolicyOf(config, (service.uploadsTo ?? []).map(uploadOriginOf)),
        alerts,
        retained: environment.protected,
      });
    }
    limitLogs(this, environment.functions.logDays);
    const reason =
      "The function that uploads files is CDK's own; it may write below the bucket of the site and read the assets of the deployment.";
    acknowledgeManagedPolicies(this, reason, 'service-role/AWSLambdaBasicExecutionRole');
    acknowledge(
      this,
      reason,
      'AwsSolutions-L1',
      'AwsSolutions-IAM5[Resource::*]',
      ...['s3:GetBucket*', 's3:GetObject*', 's3:List*', 's3:Abort*', 's3:DeleteObject*'].map(
        (action) => `AwsSolutions-IAM5[Action::${action}]`,
      ),
    );
  }
}

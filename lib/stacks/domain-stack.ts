import { CrossStackReferences, Fn, ReferenceStrength, type SecretValue } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { PublicHostedZone, TxtRecord } from 'aws-cdk-lib/aws-route53';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { addReputationAlarms } from '../constructs/edge/mail-reputation.ts';
import { PublicDoor } from '../constructs/edge/public-door.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import { removalPolicyOf } from '../constructs/removal-policy.ts';
import type { Environment } from '../environment/environment.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { PlatformStack } from './platform-stack.ts';

export type DomainStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  /** Secret with which the shop's content delivery network vouches for the addresses of viewers. */
  readonly proof: SecretValue | undefined;
  readonly alerts: AlertTopics;
};

/** Names and the things bound to them. Deployed first once, so that the parent zone can delegate before a certificate waits for it. */
export class DomainStack extends PlatformStack {
  readonly zone: PublicHostedZone;
  readonly mailArns: readonly string[];
  readonly door: PublicDoor | undefined;

  constructor(scope: Construct, id: string, { environment, services, proof, alerts }: DomainStackProps) {
    super(scope, id, { environment, description: 'DNS zone, mail identity, certificate and web firewall' });
    this.zone = new PublicHostedZone(this, 'Zone', { zoneName: environment.domain });
    // Another zone of the same name would have other name servers, and the parent's delegation would lead nowhere.
    this.zone.applyRemovalPolicy(removalPolicyOf(environment.protected));
    CrossStackReferences.of(this.zone).produce(ReferenceStrength.STRONG);
    const configurationSet = new ConfigurationSet(this, 'MailSettings', {
      configurationSetName: this.prefix,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    // SES publishes to the default bus alone.
    configurationSet.addEventDestination('Feedback', {
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'Events', 'default')),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
    });
    const identity = new EmailIdentity(this, 'MailIdentity', {
      identity: Identity.publicHostedZone(this.zone),
      configurationSet,
      // Bounces go to this name, and it makes the sender's own domain pass SPF.
      mailFromDomain: `mail.${environment.domain}`,
    });
    new TxtRecord(this, 'MailPolicy', {
      zone: this.zone,
      recordName: '_dmarc',
      values: ['v=DMARC1; p=quarantine; adkim=r; aspf=r'],
    });
    addReputationAlarms(this, alerts);
    this.mailArns = [
      identity.emailIdentityArn,
      this.formatArn({ service: 'ses', resource: 'configuration-set', resourceName: this.prefix }),
    ];
    this.publish('NameServers', Fn.join(',', this.zone.hostedZoneNameServers ?? []));
    if (!environment.publicDoor) return;
    this.door = new PublicDoor(this, 'Door', {
      name: this.prefix,
      zone: this.zone,
      proof,
      alerts,
      retained: environment.protected,
      largeBodies: services.flatMap(({ largeBodies = [] }) => largeBodies),
      ...environment.publicDoor,
    });
    this.publish(outputNames.certificateArn, this.door.certificateArn);
    this.publish(outputNames.webAclArn, this.door.webAclArn);
  }
}

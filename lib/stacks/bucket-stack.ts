import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { ObjectBucket } from '../constructs/stores/object-bucket.ts';
import type { Environment } from '../environment/environment.ts';
import { siteHost } from '../names.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { uploadingSites } from '../variables/upload-places.ts';
import { PlatformStack } from './platform-stack.ts';

export type BucketStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  readonly key: IKey;
};

/** Days that access logs of buckets are kept. */
const ACCESS_LOG_DAYS = 90;

export class BucketStack extends PlatformStack {
  private readonly buckets = new Map<string, Bucket>();

  constructor(scope: Construct, id: string, { environment, services, key }: BucketStackProps) {
    super(scope, id, { environment, description: 'Buckets that the services declare' });
    const retained = environment.protected;
    const accessLogs = new ObjectBucket(this, 'AccessLogs', { expireAfterDays: ACCESS_LOG_DAYS, retained }).bucket;
    const originsOf = (name: string) =>
      environment.publicDoor
        ? uploadingSites(name, services).map((site) => `https://${siteHost(environment.domain, site)}`)
        : [];
    for (const [name, { uploads }] of services.flatMap(({ owns }) => Object.entries(owns.buckets ?? {}))) {
      const { bucket } = new ObjectBucket(this, name, {
        key,
        accessLogs,
        retained,
        uploads: uploads === undefined ? undefined : { folder: uploads, origins: originsOf(name) },
      });
      this.buckets.set(name, bucket);
      this.publish(outputNames.bucket(name), bucket.bucketName);
    }
  }

  /** The bucket of a name that some manifest declares. */
  named(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket)
      throw new Error(`no manifest declares a bucket "${name}"; known: ${[...this.buckets.keys()].join(', ')}`);
    return bucket;
  }
}

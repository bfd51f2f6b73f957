import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../../guards/acknowledge.ts';
import { removalPolicyOf } from '../removal-policy.ts';

export type ObjectBucketProps = {
  /** Encrypts the objects; absent: S3's own key, for logs that AWS itself delivers. */
  readonly key?: IKey;
  /** Bucket that receives the access log; absent: this bucket holds logs itself. */
  readonly accessLogs?: IBucket;
  /** Days after which objects go; absent: they stay. Replaced versions always go after 30 days. */
  readonly expireAfterDays?: number;
  /** Whether the writer hands objects over by an access-control list, as CloudFront does with its logs; default false. */
  readonly writtenByAcl?: boolean;
  /** Whether the objects outlive the stack. */
  readonly retained: boolean;
};

/** A private bucket: TLS only, encrypted, versioned, never public. */
export class ObjectBucket extends Construct {
  readonly bucket: Bucket;

  constructor(
    scope: Construct,
    id: string,
    { key, accessLogs, expireAfterDays, writtenByAcl, retained }: ObjectBucketProps,
  ) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...(key
        ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: writtenByAcl ? ObjectOwnership.BUCKET_OWNER_PREFERRED : ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      ...(accessLogs && { serverAccessLogsBucket: accessLogs, serverAccessLogsPrefix: `${id}/` }),
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          noncurrentVersionExpiration: Duration.days(30),
          expiration: expireAfterDays ? Duration.days(expireAfterDays) : undefined,
        },
      ],
      removalPolicy: removalPolicyOf(retained),
      autoDeleteObjects: !retained,
    });
    if (!accessLogs)
      acknowledge(this.bucket, 'The bucket receives access logs; logging its own would never end.', 'AwsSolutions-S1');
  }
}

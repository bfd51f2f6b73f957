import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
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
  /** Folder to which browsers upload by signed addresses, and the origins of their pages; what lies there for a day goes. Default none. */
  readonly uploads?: { readonly folder: string; readonly origins: readonly string[] } | undefined;
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
    { key, accessLogs, expireAfterDays, uploads, writtenByAcl, retained }: ObjectBucketProps,
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
        ...(uploads
          ? [
              {
                prefix: `${uploads.folder}/`,
                expiration: Duration.days(1),
                noncurrentVersionExpiration: Duration.days(1),
              },
            ]
          : []),
      ],
      // The address is all that a request needs; no cookie goes along.
      ...(uploads &&
        uploads.origins.length > 0 && {
          cors: [
            {
              allowedMethods: [HttpMethods.PUT],
              allowedOrigins: [...uploads.origins],
              allowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
              maxAge: 600,
            },
          ],
        }),
      removalPolicy: removalPolicyOf(retained),
      autoDeleteObjects: !retained,
    });
    if (!accessLogs)
      acknowledge(this.bucket, 'The bucket receives access logs; logging its own would never end.', 'AwsSolutions-S1');
  }
}

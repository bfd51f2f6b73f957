import { Duration } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { PLATFORMS } from '../release/registry/image-platforms.ts';
import { removalPolicyOf } from './removal-policy.ts';

export type ImageRepositoryProps = {
  readonly repositoryName: string;
  readonly key: IKey;
  /** Newest releases kept. */
  readonly keepImages: number;
  /** Whether the images outlive the stack. */
  readonly retained: boolean;
};

/** Images of one service: a tag never moves, every push is scanned, old images go. */
export class ImageRepository extends Construct {
  readonly repository: Repository;

  constructor(scope: Construct, id: string, { repositoryName, key, keepImages, retained }: ImageRepositoryProps) {
    super(scope, id);
    this.repository = new Repository(this, 'Repository', {
      repositoryName,
      imageTagMutability: TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: RepositoryEncryption.KMS,
      encryptionKey: key,
      removalPolicy: removalPolicyOf(retained),
      emptyOnDelete: !retained,
      lifecycleRules: [
        {
          rulePriority: 1,
          description: 'Layers that no tag names.',
          tagStatus: TagStatus.UNTAGGED,
          maxImageAge: Duration.days(7),
        },
        {
          rulePriority: 2,
          description: 'Releases beyond the newest.',
          tagStatus: TagStatus.ANY,
          // A release is an index and, with a tag of its own, what it names for each platform.
          maxImageCount: keepImages * (1 + PLATFORMS.length),
        },
      ],
    });
  }
}

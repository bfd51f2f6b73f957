import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Clock } from '../values/clock.ts';
import { Refusal } from '../values/refusal.ts';
import { type ObjectStore, requireKey } from './object-store.ts';

const unavailable = (cause: unknown) =>
  new Refusal('unavailable', 'objects.unavailable', 'The store of pictures does not answer at the moment; try again.', {
    retryAfterSeconds: 1,
    cause,
  });

/** What S3 says of our own mistakes, such as a right that is missing, stays what it is: nobody mends it by waiting. */
const isOurFault = (problem: unknown) => problem instanceof S3ServiceException && problem.$fault === 'client';

const ask = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await call();
  } catch (problem) {
    throw isOurFault(problem) ? problem : unavailable(problem);
  }
};

/** @param client settings of a peer in tests; default what the environment of a pod says */
export const createS3Store = ({
  bucket: Bucket,
  clock,
  client: settings = {},
}: {
  readonly bucket: string;
  readonly clock: Clock;
  readonly client?: S3ClientConfig;
}): ObjectStore => {
  const client = new S3Client({
    requestHandler: { requestTimeout: 5_000, connectionTimeout: 1_000, throwOnRequestTimeout: true },
    maxAttempts: 3,
    ...settings,
  });
  return {
    signUpload: async ({ key, type, bytes, sha256, validSeconds }) => {
      const checksum = Buffer.from(sha256, 'hex').toString('base64');
      const signingDate = clock.now();
      // Length, type and checksum are headers under the signature: S3 refuses a request in which one of them differs, and content whose
      // checksum is another. An address lives no longer than the credentials of the pod that signed it, which is hours.
      const url = await getSignedUrl(
        client,
        new PutObjectCommand({
          Bucket,
          Key: requireKey(key),
          ContentType: type,
          ContentLength: bytes,
          ChecksumSHA256: checksum,
        }),
        {
          expiresIn: validSeconds,
          signingDate,
          signableHeaders: new Set(['host', 'content-type', 'content-length', 'x-amz-checksum-sha256']),
          unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
        },
      );
      return {
        method: 'PUT',
        url,
        headers: { 'content-type': type, 'x-amz-checksum-sha256': checksum },
        expiresAt: new Date(signingDate.getTime() + validSeconds * 1_000),
      };
    },

    read: (key, mostBytes) =>
      ask(async () => {
        const found = await client
          .send(new GetObjectCommand({ Bucket, Key: requireKey(key) }))
          .catch((problem: unknown) => {
            if (problem instanceof S3ServiceException && problem.$metadata.httpStatusCode === 404) return undefined;
            throw problem;
          });
        if (!found?.Body) return undefined;
        const { Body, ContentLength } = found;
        if (ContentLength === undefined || ContentLength > mostBytes) {
          (Body as unknown as { destroy(): void }).destroy();
          throw new Error(`object ${key} has ${ContentLength} bytes, more than the ${mostBytes} asked for`);
        }
        return Buffer.from(await Body.transformToByteArray());
      }),

    write: (key, content, type) =>
      ask(async () => {
        await client.send(new PutObjectCommand({ Bucket, Key: requireKey(key), Body: content, ContentType: type }));
      }),

    remove: (key) =>
      ask(async () => {
        await client.send(new DeleteObjectCommand({ Bucket, Key: requireKey(key) }));
      }),

    close: () => client.destroy(),
  };
};

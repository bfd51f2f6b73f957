/** Secrets Manager's and ECR's JSON protocols (x-amz-target) on this machine, for the two questions of a verification. */
import { createServer } from 'node:http';
import { hangUp, listen } from '../../../services/kit/testing/loopback.ts';

export type ReleasePeer = {
  readonly url: string;
  /** Current version by name of a secret. */
  readonly secrets: Map<string, string>;
  /** Digest by `repository:tag`. */
  readonly images: Map<string, string>;
  close(): Promise<void>;
};

type Asked = { SecretId: string; repositoryName: string; imageIds: { imageTag: string }[] };

export const startReleasePeer = async (): Promise<ReleasePeer> => {
  const secrets = new Map<string, string>();
  const images = new Map<string, string>();
  const answer = (target: string, { SecretId, repositoryName, imageIds }: Asked): object | undefined => {
    if (target.endsWith('.DescribeSecret')) {
      const version = secrets.get(SecretId);
      if (version === undefined) return undefined;
      return {
        Name: SecretId,
        LastChangedDate: 1_760_000_000,
        VersionIdsToStages: { older: ['AWSPREVIOUS'], [version]: ['AWSCURRENT'] },
      };
    }
    const imageDigest = images.get(`${repositoryName}:${imageIds[0]?.imageTag}`);
    return imageDigest === undefined ? undefined : { imageDetails: [{ imageDigest }] };
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const found = answer(String(request.headers['x-amz-target']), JSON.parse(body) as Asked);
    response.writeHead(found ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(found ?? { __type: 'ResourceNotFoundException', message: 'there is none of this name' }),
    );
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    secrets,
    images,
    close: () => hangUp(server),
  };
};

/** A registry that answers ECR's JSON protocol (x-amz-target) on this machine, for what a pre-flight asks. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { hangUp, listen } from '../../../services/kit/testing/loopback.ts';

/** An image as a push leaves it: what the tag names, and what hangs below it by digest. */
export type PeerImage = {
  readonly manifest: string;
  readonly bytes: number;
  readonly manifests: ReadonlyMap<string, string>;
  readonly blobs: ReadonlyMap<string, string>;
};

export type EcrPeer = {
  readonly url: string;
  account: string;
  /** What every question is answered with, in place of the truth. */
  fault: { readonly status: number; readonly type: string; readonly text: string } | undefined;
  /** Images by tag, by repository. */
  readonly repositories: Map<string, Map<string, PeerImage>>;
  /** Operations that were asked, in order. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
};

/** Access key of credentials that the peer calls expired. */
export const EXPIRED_KEY = 'AKIAEXPIRED';

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** An image index as BuildKit pushes it: a variant for each architecture, and an attestation. */
export const peerImage = (
  labels: Readonly<Record<string, string>>,
  { layers = [45_000_000, 3_000_000], architectures = ['amd64', 'arm64'] } = {},
): PeerImage => {
  const manifests = new Map<string, string>();
  const blobs = new Map<string, string>();
  const listed = architectures.map((architecture) => {
    const config = JSON.stringify({ os: 'linux', architecture, config: { Labels: labels } });
    blobs.set(digestOf(config), config);
    const manifest = JSON.stringify({
      schemaVersion: 2,
      config: { digest: digestOf(config), size: config.length },
      layers: layers.map((size, at) => ({ digest: digestOf(`${at}`), size })),
    });
    manifests.set(digestOf(manifest), manifest);
    return { digest: digestOf(manifest), platform: { os: 'linux', architecture } };
  });
  const attestation = { digest: digestOf('attestation'), platform: { os: 'unknown', architecture: 'unknown' } };
  return {
    manifest: JSON.stringify({ schemaVersion: 2, manifests: [...listed, attestation] }),
    bytes: layers.reduce((sum, size) => sum + size, 0),
    manifests,
    blobs,
  };
};

const bodyOf = async (request: IncomingMessage) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}') as {
    repositoryName?: string;
    imageIds?: { imageTag?: string; imageDigest?: string }[];
    layerDigest?: string;
  };
};

const failure = (type: string, message: string) => ({ status: 400, body: { __type: type, message } });

const answerTo = async (peer: EcrPeer, operation: string, request: IncomingMessage) => {
  const { repositoryName = '', imageIds = [], layerDigest = '' } = await bodyOf(request);
  if (request.headers.authorization?.includes(`Credential=${EXPIRED_KEY}/`))
    return failure('ExpiredTokenException', 'The security token included in the request is expired');
  if (operation === 'DescribeRegistry') return { status: 200, body: { registryId: peer.account } };
  const images = peer.repositories.get(repositoryName);
  if (!images) return failure('RepositoryNotFoundException', `The repository ${repositoryName} does not exist`);
  const [id = {}] = imageIds;
  const tagged = images.get(id.imageTag ?? '');
  const all = [...images.values()];
  if (operation === 'DescribeImages')
    return tagged
      ? { status: 200, body: { imageDetails: [{ imageSizeInBytes: tagged.bytes }] } }
      : failure('ImageNotFoundException', `The image with imageId ${JSON.stringify(id)} does not exist`);
  if (operation === 'BatchGetImage') {
    const manifest =
      tagged?.manifest ?? all.map(({ manifests }) => manifests.get(id.imageDigest ?? '')).find((one) => one);
    const body = manifest
      ? { images: [{ imageManifest: manifest }] }
      : { failures: [{ imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }] };
    return { status: 200, body };
  }
  if (operation === 'GetDownloadUrlForLayer')
    return { status: 200, body: { downloadUrl: `${peer.url}/blobs/${layerDigest}` } };
  return failure('UnknownOperationException', operation);
};

/** Starts an empty registry on a free port. */
export const startEcrPeer = async (account: string): Promise<EcrPeer> => {
  const server = createServer((request, response) => {
    const blob = request.url?.startsWith('/blobs/') ? request.url.slice('/blobs/'.length) : undefined;
    if (blob !== undefined) {
      const all = [...peer.repositories.values()].flatMap((images) => [...images.values()]);
      const content = all.map(({ blobs }) => blobs.get(blob)).find((one) => one !== undefined);
      response.writeHead(content === undefined ? 404 : 200).end(content);
      return;
    }
    const operation = `${request.headers['x-amz-target']}`.split('.')[1] ?? '';
    peer.asked.push(operation);
    if (peer.fault) {
      response.writeHead(peer.fault.status, { 'content-type': peer.fault.type }).end(peer.fault.text);
      return;
    }
    answerTo(peer, operation, request).then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body)),
      (problem: unknown) => response.destroy(problem as Error),
    );
  });
  const port = await listen(server);
  const peer: EcrPeer = {
    url: `http://127.0.0.1:${port}`,
    account,
    fault: undefined,
    repositories: new Map(),
    asked: [],
    close: () => hangUp(server),
  };
  return peer;
};

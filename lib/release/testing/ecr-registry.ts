/**
 * A real registry (Debian's docker-registry) with ECR's JSON protocol before it: what a publication asks is answered from what an
 * engine really pushed. Repositories that were not made do not exist, and tags do not move.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

export type EcrRegistry = {
  /** Address of ECR's protocol. */
  readonly url: string;
  /** Address that an engine pushes to. */
  readonly host: string;
  /** Names of the repositories that exist. */
  readonly repositories: Set<string>;
  /** Password that a login is given; another than the registry's is refused by it. */
  password: string;
  /** Operations that were asked, in order. */
  readonly asked: string[];
  close(): Promise<void>;
};

const PASSWORD = 'push-me';
const PASSWORD_HASH = '$2b$04$6zcJpI92v8GJV5f3HJNqNOxLkT0X9dwFDP0qvjxJM.BZQyjAFpWJC';
const ACCEPTED = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join();

type Question = {
  readonly repositoryName?: string;
  readonly imageIds?: readonly { readonly imageTag?: string; readonly imageDigest?: string }[];
  readonly layerDigest?: string;
  readonly imageTag?: string;
  readonly imageManifest?: string;
  readonly imageManifestMediaType?: string;
};
type Manifest = {
  readonly manifests?: readonly { readonly digest: string }[];
  readonly layers?: readonly { readonly size: number }[];
};
type Answer = { readonly status: number; readonly body: object };

const failure = (type: string, message = type): Answer => ({ status: 400, body: { __type: type, message } });
const fine = (body: object): Answer => ({ status: 200, body });

/** Starts docker-registry in a folder and gives its address. */
const startRegistry = async (folder: string, readOnly: boolean) => {
  await mkdir(path.join(folder, 'data'));
  await writeFile(path.join(folder, 'passwords'), `AWS:${PASSWORD_HASH}\n`);
  const settings = {
    version: 0.1,
    storage: {
      filesystem: { rootdirectory: path.join(folder, 'data') },
      maintenance: { readonly: { enabled: readOnly } },
    },
    http: { addr: '127.0.0.1:0' },
    auth: { htpasswd: { realm: 'test', path: path.join(folder, 'passwords') } },
  };
  // JSON is YAML.
  await writeFile(path.join(folder, 'config.yml'), JSON.stringify(settings));
  const registry = spawn('docker-registry', ['serve', path.join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  registry.stderr.setEncoding('utf8');
  let log = '';
  const host = await new Promise<string>((resolve, reject) => {
    registry.once('error', reject);
    registry.once('exit', () => reject(new Error(`docker-registry ended: ${log.slice(-2000)}`)));
    registry.stderr.on('data', (chunk: string) => {
      log += chunk;
      const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(log) ?? [];
      if (address) resolve(address);
    });
  });
  return { registry, host };
};

/** @param readOnly whether the registry refuses every push */
export const startEcrRegistry = async ({ readOnly = false } = {}): Promise<EcrRegistry> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-registry-'));
  const { registry, host } = await startRegistry(folder, readOnly);
  const ask = (place: string, init: RequestInit = {}) =>
    fetch(`http://${host}/v2/${place}`, {
      ...init,
      signal: AbortSignal.timeout(20_000),
      headers: {
        authorization: `Basic ${Buffer.from(`AWS:${PASSWORD}`).toString('base64')}`,
        accept: ACCEPTED,
        ...init.headers,
      },
    });
  const manifestOf = async (repository: string, reference: string) => {
    const response = await ask(`${repository}/manifests/${reference}`);
    if (!response.ok) return undefined;
    return { mediaType: response.headers.get('content-type') ?? '', manifest: await response.text() };
  };
  const bytesOf = async (repository: string, manifest: string): Promise<number> => {
    const { manifests = [], layers = [] } = JSON.parse(manifest) as Manifest;
    const below = manifests.map(async ({ digest }) =>
      bytesOf(repository, (await manifestOf(repository, digest))?.manifest ?? '{}'),
    );
    return Math.max(
      layers.reduce((sum, { size }) => sum + size, 0),
      ...(await Promise.all(below)),
    );
  };

  const put = async ({ repositoryName = '', imageTag = '', imageManifest = '', imageManifestMediaType }: Question) => {
    const earlier = await manifestOf(repositoryName, imageTag);
    if (earlier)
      return failure(
        earlier.manifest === imageManifest ? 'ImageAlreadyExistsException' : 'ImageTagAlreadyExistsException',
      );
    const response = await ask(`${repositoryName}/manifests/${imageTag}`, {
      method: 'PUT',
      body: imageManifest,
      headers: { 'content-type': imageManifestMediaType ?? '' },
    });
    return response.ok ? fine({ image: {} }) : failure('ImagesNotFoundException', await response.text());
  };

  const answerTo = async (operation: string, question: Question): Promise<Answer> => {
    const { repositoryName = '', imageIds = [], layerDigest } = question;
    if (operation === 'GetAuthorizationToken') {
      const authorizationToken = Buffer.from(`AWS:${peer.password}`).toString('base64');
      return fine({ authorizationData: [{ authorizationToken, proxyEndpoint: `http://${host}` }] });
    }
    if (!peer.repositories.has(repositoryName))
      return failure('RepositoryNotFoundException', `The repository ${repositoryName} does not exist`);
    if (operation === 'PutImage') return put(question);
    if (operation === 'GetDownloadUrlForLayer')
      return fine({ downloadUrl: `${peer.url}/blobs/${repositoryName}/${layerDigest}` });
    const [{ imageTag, imageDigest } = {}] = imageIds;
    const found = await manifestOf(repositoryName, imageTag ?? imageDigest ?? '');
    if (operation === 'DescribeImages')
      return found
        ? fine({ imageDetails: [{ imageSizeInBytes: await bytesOf(repositoryName, found.manifest) }] })
        : failure('ImageNotFoundException');
    if (operation === 'BatchGetImage')
      return fine(
        found
          ? { images: [{ imageManifest: found.manifest, imageManifestMediaType: found.mediaType }] }
          : { failures: [{ failureReason: 'Requested image not found' }] },
      );
    return failure('UnknownOperationException', operation);
  };

  const respondTo = async (request: IncomingMessage): Promise<{ status: number; content: string | Buffer }> => {
    const [, repository, digest] = /^\/blobs\/(.*)\/(sha256:.*)$/.exec(request.url ?? '') ?? [];
    if (repository && digest) {
      const response = await ask(`${repository}/blobs/${digest}`);
      return { status: response.status, content: Buffer.from(await response.arrayBuffer()) };
    }
    const operation = `${request.headers['x-amz-target']}`.split('.')[1] ?? '';
    peer.asked.push(operation);
    const { status, body } = await answerTo(operation, JSON.parse(await text(request)) as Question);
    return { status, content: JSON.stringify(body) };
  };

  const server = createServer((request, response) => {
    respondTo(request).then(
      ({ status, content }) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(content),
      (problem: Error) => response.destroy(problem),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peer: EcrRegistry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    host,
    repositories: new Set(),
    password: PASSWORD,
    asked: [],
    close: async () => {
      server.closeAllConnections();
      server.close();
      const gone = once(registry, 'exit');
      registry.kill();
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
  return peer;
};

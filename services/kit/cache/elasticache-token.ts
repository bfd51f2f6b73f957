import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

export type ElastiCacheTokenOptions = {
  /** Name of the replication group; the token is good for this one alone. */
  readonly cacheName: string;
  /** Id of the ElastiCache user, which with IAM is also its name. */
  readonly user: string;
  /** Default AWS_REGION. */
  readonly region?: string;
  /** Default: what the process has, with Pod Identity the role of its service. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Moment of the signature; default now. */
  readonly at?: Date;
};

/** A token opens connections for 15 minutes; one that is open outlives it. */
const lifetimeSeconds = 900;

/**
 * The password with which ElastiCache lets an IAM user in: a presigned request `connect`, without its scheme.
 * Throws when there is no region or no credentials.
 * Source: Amazon ElastiCache user guide, "Authenticating with IAM".
 */
export const createElastiCacheToken = async (options: ElastiCacheTokenOptions): Promise<string> => {
  const { cacheName, user, region = process.env['AWS_REGION'], credentials = defaultProvider(), at } = options;
  if (!region) throw new Error('AWS_REGION: is missing; a token for the cache is made for one region');
  const signer = new SignatureV4({ service: 'elasticache', region, credentials, sha256: Sha256 });
  const request = new HttpRequest({
    method: 'GET',
    protocol: 'http:',
    hostname: cacheName.toLowerCase(),
    path: '/',
    query: { Action: 'connect', User: user },
    headers: { host: cacheName.toLowerCase() },
  });
  const { path, query } = await signer.presign(request, {
    expiresIn: lifetimeSeconds,
    ...(at && { signingDate: at }),
  });
  const parameters = Object.entries(query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `${cacheName.toLowerCase()}${path}?${parameters.join('&')}`;
};

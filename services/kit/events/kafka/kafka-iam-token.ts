import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

export type KafkaTokenOptions = {
  /** Whom to sign as; default whoever the process is on AWS. */
  readonly credentials?: () => Promise<Credentials>;
  readonly now?: () => Date;
};

/** Seconds that the brokers take a token; it is asked for when a connection opens, and the connection outlives it. */
const expiresIn = 900;

/** `b-1.name.id.c2.kafka.eu-west-1.amazonaws.com` -> `eu-west-1`: the region that counts is the brokers'. */
const regionOf = (host: string): string => {
  const [, region] = /\.kafka(?:-serverless)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(host) ?? [];
  if (!region)
    throw new Error(
      `EVENTS_URL: ${host} is no broker of MSK, so nobody knows the region to sign for; leave out auth=iam`,
    );
  return region;
};

let asProcess: (() => Promise<Credentials>) | undefined;

/**
 * The token of SASL/OAUTHBEARER that MSK reads as IAM: a signed request to connect, as base64url. The same as AWS's
 * `aws-msk-iam-sasl-signer-js` makes, without its second generation of the SDK.
 */
export const signKafkaToken = async (host: string, options: KafkaTokenOptions = {}): Promise<string> => {
  asProcess ??= defaultProvider();
  const { credentials = asProcess, now = () => new Date() } = options;
  const region = regionOf(host);
  const hostname = `kafka.${region}.amazonaws.com`;
  const signer = new SignatureV4({
    service: 'kafka-cluster',
    region,
    credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const request = new HttpRequest({
    method: 'GET',
    protocol: 'https:',
    hostname,
    path: '/',
    query: { Action: 'kafka-cluster:Connect' },
    headers: { host: hostname },
  });
  const { query } = await signer.presign(request, { expiresIn, signingDate: now() });
  // Not part of what is signed; brokers log it.
  const text = Object.entries({ ...query, 'User-Agent': 'cloudmart' })
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return Buffer.from(`https://${hostname}/?${text}`).toString('base64url');
};

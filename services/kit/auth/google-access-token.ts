/** Tokens of Google for a process with a role on AWS, by workload identity federation: a signed request of AWS is shown, no key is kept. */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

export type GoogleAccessOptions = {
  /** Provider of the workload identity pool: `//iam.googleapis.com/projects/...`. */
  readonly audience: string;
  /** Mail address of the service account that is acted as; absent: the pool itself has the rights. */
  readonly serviceAccount?: string | undefined;
  /** Default AWS_REGION. */
  readonly region?: string;
  /** Default: what the process has, on Lambda the role of the function. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly now: () => Date;
  /** Base URLs of Google; others only in tests. */
  readonly urls?: { readonly exchange: string; readonly impersonate: string };
};

const ANSWER_WITHIN_MS = 10_000;
/** So long before its end a token is replaced. */
const MARGIN_MS = 300_000;
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const google = { exchange: 'https://sts.googleapis.com', impersonate: 'https://iamcredentials.googleapis.com' };

type Token = { readonly text: string; readonly endsAtMs: number };

const post = async (url: string, body: unknown, bearer?: string): Promise<Record<string, unknown>> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (answer.ok) return said;
  const { error, error_description: detail } = said as {
    error?: { message?: string } | string;
    error_description?: string;
  };
  const reason = detail ?? (typeof error === 'string' ? error : error?.message) ?? 'no reason given';
  throw new Error(
    `${new URL(url).host} gave no token (status ${answer.status}): ${reason}; does the pool trust this role?`,
  );
};

/**
 * The signed request by which AWS would say whose credentials these are, as Google wants it: it makes it itself, and believes the answer.
 * Source: Google Cloud IAM, "Configure workload identity federation with AWS or Azure VMs".
 */
const subjectToken = async (options: GoogleAccessOptions): Promise<string> => {
  const { audience, region = process.env['AWS_REGION'], credentials = defaultProvider(), now } = options;
  if (!region) throw new Error('AWS_REGION: is missing; the request that is shown to Google is made for one region');
  const host = `sts.${region}.amazonaws.com`;
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
  const request = new HttpRequest({
    method: 'POST',
    protocol: 'https:',
    hostname: host,
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { host, 'x-goog-cloud-target-resource': audience },
  });
  const { headers } = await signer.sign(request, { signingDate: now() });
  return encodeURIComponent(
    JSON.stringify({
      url: `https://${host}/?Action=GetCallerIdentity&Version=2011-06-15`,
      method: 'POST',
      headers: Object.entries(headers).map(([key, value]) => ({ key, value })),
    }),
  );
};

const makeToken = async (options: GoogleAccessOptions): Promise<Token> => {
  const { audience, serviceAccount, now, urls = google } = options;
  const federated = await post(`${urls.exchange}/v1/token`, {
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience,
    scope: SCOPE,
    requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    subjectTokenType: 'urn:ietf:params:aws:token-type:aws4_request',
    subjectToken: await subjectToken(options),
  });
  const text = String(federated['access_token']);
  if (serviceAccount === undefined)
    return { text, endsAtMs: now().getTime() + Number(federated['expires_in'] ?? 0) * 1000 };
  const acting = await post(
    `${urls.impersonate}/v1/projects/-/serviceAccounts/${encodeURIComponent(serviceAccount)}:generateAccessToken`,
    { scope: [SCOPE] },
    text,
  );
  return { text: String(acting['accessToken']), endsAtMs: Date.parse(String(acting['expireTime'])) };
};

/** Asks for a token, which is kept until shortly before its end. */
export const googleAccessTokens = (options: GoogleAccessOptions): (() => Promise<string>) => {
  let kept: Promise<Token> | undefined;
  return async () => {
    const token = await kept?.catch(() => undefined);
    if (token && token.endsAtMs - MARGIN_MS > options.now().getTime()) return token.text;
    const making = makeToken(options);
    kept = making;
    return (await making).text;
  };
};

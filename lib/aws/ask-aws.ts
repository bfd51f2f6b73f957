/** How AWS is asked, by whoever asks: few tries, a deadline on each question, and an answer that says whose credentials these are. */
import { setTimeout as after } from 'node:timers/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { FailedAnswer } from './finding.ts';

/** What every question to AWS is bound by. */
export type AwsQuestions = {
  /** Settings of a client: region, tries, time limits of the connection. */
  readonly settings: {
    readonly region: string;
    readonly maxAttempts: number;
    readonly requestHandler: {
      readonly connectionTimeout: number;
      readonly requestTimeout: number;
      readonly throwOnRequestTimeout: boolean;
    };
  };
  /** Milliseconds that one question may take, its retries included. */
  readonly deadlineMs: number;
  /** A new deadline, for one question. */
  readonly deadline: () => { readonly abortSignal: AbortSignal };
};

/**
 * @param deadlineMs milliseconds that one question may take, its retries included; default 15,000
 * @param stop ends every question when it is aborted
 */
export const awsQuestions = (region: string, deadlineMs = 15_000, stop?: AbortSignal): AwsQuestions => ({
  settings: {
    region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  },
  deadlineMs,
  deadline: () => {
    const late = AbortSignal.timeout(deadlineMs);
    return { abortSignal: stop ? AbortSignal.any([stop, late]) : late };
  },
});

/** Gives a client to `work` and closes its connections afterwards. */
export const withClient = async <C extends { destroy(): void }, R>(
  client: C,
  work: (client: C) => Promise<R>,
): Promise<R> => {
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
};

/**
 * Account of the credentials, as STS names it. Throws what the SDK throws, also a `CredentialsProviderError` when no source of
 * credentials answers within the deadline.
 */
export const accountOfCredentials = ({ settings, deadlineMs, deadline }: AwsQuestions): Promise<string> =>
  withClient(new STSClient(settings), async (client) => {
    await Promise.race([
      client.config.credentials(),
      after(deadlineMs, undefined, { ref: false }).then(() => {
        throw Object.assign(new Error(`no source of credentials answered within ${deadlineMs / 1000} s`), {
          name: 'CredentialsProviderError',
        });
      }),
    ]);
    const { Account } = await client.send(new GetCallerIdentityCommand({}), deadline());
    if (!Account) throw new FailedAnswer('it names no account');
    return Account;
  });

/** Region that the caller's own settings name, which `docker login` and the AWS CLI follow: environment, then profile. */
export const regionOfCaller = async (
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> => {
  const named = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  if (named) return named;
  return withClient(new STSClient({}), (client) => client.config.region().catch(() => undefined));
};

/** What every check of a pre-flight is given, and what it is. */
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import type { AwsQuestions } from '../../aws/ask-aws.ts';
import type { CheckOutcome } from '../../aws/finding.ts';
import type { Environment } from '../../environment/environment.ts';

export type PreflightContext = {
  readonly environment: Environment;
  /** Account of the credentials. */
  readonly account: string;
  readonly aws: AwsQuestions;
  /** Services that are checked. */
  readonly services: readonly ServiceManifest[];
  /** Those of them that run in the cluster and so have an image and a service account. */
  readonly pods: readonly ServiceManifest[];
  /** Image tag of every service: the hash of its bundle. */
  readonly tagsOf: (services: readonly ServiceManifest[]) => Promise<Readonly<Record<string, string>>>;
  /** DNS server to ask, `address:port`; absent: those of this machine. */
  readonly resolver: string | undefined;
  /** Told one sentence before or after each step. */
  readonly progress: (sentence: string) => void;
};

export type PreflightCheck = {
  /** Stable; for scripts. */
  readonly name: string;
  /** The services of AWS that it asks, as people know them. */
  readonly asks: string;
  readonly run: (context: PreflightContext) => Promise<CheckOutcome>;
};

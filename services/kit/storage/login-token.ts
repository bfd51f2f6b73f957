import { Signer } from '@aws-sdk/rds-signer';

/** Token of 15 minutes with which the role of the process signs in to Aurora. */
export const signLogin = (login: {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
}): Promise<string> => new Signer(login).getAuthToken();

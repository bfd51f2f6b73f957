/** Signs a container engine in to ECR for as long as some work takes, beside whatever logins its user has. */
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { z } from 'zod';
import { FailedAnswer } from '../../aws/finding.ts';
import type { Environment } from '../../environment/environment.ts';
import type { Registry } from '../registry/pushed-image.ts';
import type { ImageEngine } from './image-engine.ts';
import { registryRefusal } from './publish-finding.ts';

export type SignedIn = {
  /** Host, and port unless it is the usual one, that images are pushed to. */
  readonly host: string;
  /** Variables by which the engine finds the login. */
  readonly environment: Readonly<Record<string, string>>;
};

const settingsShape = z.object({ currentContext: z.string().optional() });

/** Which engine the user's docker talks to: without it Docker Desktop and remote engines would not be found. */
const chosenContext = async (folder: string): Promise<string | undefined> => {
  const text = await readFile(path.join(folder, 'config.json'), 'utf8').catch(() => '{}');
  return settingsShape.parse(JSON.parse(text)).currentContext;
};

const credentialsOf = async ({ client, deadline }: Registry) => {
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}), deadline());
  const { authorizationToken, proxyEndpoint } = authorizationData?.[0] ?? {};
  if (!authorizationToken || !proxyEndpoint) throw new FailedAnswer('it gave no token for a push');
  const [user = '', ...password] = Buffer.from(authorizationToken, 'base64').toString().split(':');
  return { host: new URL(proxyEndpoint).host, user, password: password.join(':') };
};

/**
 * Runs `work` with a login in a folder of its own, readable by this user alone and removed afterwards, also when the process is ended.
 * The token is valid for 12 hours (https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html) and is given to the
 * engine on its standard input.
 */
export const withLogin = async <R>(
  target: Environment,
  registry: Registry,
  engine: ImageEngine,
  work: (signedIn: SignedIn) => Promise<R>,
): Promise<R> => {
  const { host, user, password } = await credentialsOf(registry);
  const own = process.env['DOCKER_CONFIG'] ?? path.join(homedir(), '.docker');
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-login-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const currentContext = await chosenContext(own);
    // An entry, even an empty one, keeps docker from choosing the keychain of the user for what it is given.
    const settings = { auths: { [host]: {} }, currentContext };
    await writeFile(path.join(folder, 'config.json'), JSON.stringify(settings), { mode: 0o600 });
    await symlink(path.join(own, 'contexts'), path.join(folder, 'contexts'));
    // podman reads the second one.
    const environment = { DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: path.join(folder, 'auth.json') };
    const call = { what: `sign in to ${host}`, input: password, environment };
    await engine.run(['login', '--username', user, '--password-stdin', host], call).catch((problem: unknown) => {
      throw registryRefusal(problem, { environment: target, host, sentence: `${host} refused the login` });
    });
    return await work({ host, environment });
  } finally {
    process.off('exit', remove);
    remove();
  }
};
